/**
 * Starts an import: the same steps over files on disk, for exports that are delivered as files. The connection is made
 * when there is none of that key. An import of the same files that was cut short is taken up where it was.
 */
import { resolve } from 'node:path';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { beginReadingInTx, type Source, storeSourcesInTx } from '../import/sources.ts';
import { stageSourcesInTx } from '../import/stage-sources.ts';
import type { Actor } from '../record/actor.ts';
import { type Facts, recordInTx } from '../record/record.ts';
import { insertRunInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import { inWords } from '../step/in-words.ts';
import type { Queue } from '../step/queue.ts';
import { type Found, findSources } from './import-sources.ts';

export interface Import extends Found {
  readonly run_id: number;
  readonly connection_id: number;
  /** True when an import that was cut short goes on. */
  readonly resumed: boolean;
}

export async function startImport(
  deps: { sql: Sql; queue: Queue; clock: Clock; keyring: Keyring },
  request: {
    /** Folders and files. */
    readonly paths: readonly string[];
    readonly site_key: string;
    /** Makes a connection of this key, also where there are others. */
    readonly new_site: boolean;
    readonly actor: Actor;
  },
): Promise<Import> {
  const found = await findSources(request.paths.map((path) => resolve(path)));
  const { sources, transactionTime } = found;
  return await deps.sql.begin(async (tx) => {
    const { actor, site_key } = request;
    const record = (action: string, object: string, details: Facts) =>
      recordInTx(tx, { at: deps.clock(), actor, action, object, details });
    const { connection_id, created } = await connectionFor(tx, site_key, request.new_site);
    if (created) await record('connection.create', `connection/${connection_id}`, { site_key });
    const live = await liveImport(tx, connection_id, sources);
    if (live) {
      await record('import.resume', `run/${live}`, { connection_id });
      return { run_id: live, connection_id, ...found, resumed: true };
    }
    const run_id = await insertRunInTx(tx, {
      ...{
        connection_id,
        site_key,
        kind: 'import',
        mode: 'full',
        since: null,
        scope: null,
      },
      ...{ triggered_by: actor.name, at: deps.clock() },
    });
    // No watermark: it says of when the data are, which counts for stays that were not over then.
    await tx`
      update run set status = 'downloading', started_at = ${deps.clock()}, transaction_time = ${transactionTime}
      where run_id = ${run_id}`;
    await storeSourcesInTx(tx, run_id, sources);
    if (sources.some((one) => one.unpacked)) await beginReadingInTx(tx, deps.queue, run_id);
    else await stageSourcesInTx(tx, deps, { run_id, connection_id });
    await record('import.start', `run/${run_id}`, { connection_id, files: sources.length });
    return { run_id, connection_id, ...found, resumed: false };
  });
}

/**
 * The first site of an installation needs no word. Beside others a key that nobody has is more often mistyped than new,
 * and would load the same patients a second time.
 */
async function connectionFor(
  tx: Tx,
  siteKey: string,
  isNew: boolean,
): Promise<{ readonly connection_id: number; readonly created: boolean }> {
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(siteKey)) {
    throw syncError('site-key-invalid', { site_key: siteKey });
  }
  if (!isNew) {
    const known = await tx<{ site_key: string }[]>`select site_key from connection order by 1`;
    if (known.length > 0 && !known.some((one) => one.site_key === siteKey)) {
      throw syncError('site-unknown', {
        site_key: siteKey,
        known: inWords(known.map((one) => `"${one.site_key}"`)),
      });
    }
  }
  const made = await tx`
    insert into connection (site_key, site_name) values (${siteKey}, ${siteKey})
    on conflict (site_key) do nothing returning connection_id`;
  const [row] = await tx<
    { connection_id: number }[]
  >`select connection_id from connection where site_key = ${siteKey}`;
  return { connection_id: row?.connection_id ?? 0, created: made.length > 0 };
}

async function liveImport(
  tx: Tx,
  connectionId: number,
  sources: readonly Source[],
): Promise<number | undefined> {
  const [live] = await tx<{ run_id: number; same: boolean }[]>`
    select r.run_id, (
      select array_agg(s.url || '!' || s.part_no order by s.url, s.part_no) from import_source s where s.run_id = r.run_id
    ) = (
      select array_agg(g.url || '!' || g.part_no order by g.url, g.part_no)
      from jsonb_to_recordset(${tx.json(sources.map(({ url, part_no }) => ({ url, part_no })))})
        as g(url text, part_no integer)
    ) as same
    from run r
    where r.connection_id = ${connectionId} and r.kind = 'import' and r.status in ('downloading', 'processing')`;
  return live?.same ? live.run_id : undefined;
}
