/**
 * Starts an import: the same steps over NDJSON files on disk, for exports that are delivered as files. The connection
 * is made when there is none of that key. An import of the same folder that was cut short is taken up where it was.
 */
import { resolve } from 'node:path';
import type { Sql, Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { URL_KEY } from '../connection/sealed-data.ts';
import type { Actor } from '../record/actor.ts';
import { type Facts, recordInTx } from '../record/record.ts';
import { advanceInTx } from '../run/advance.ts';
import { type FileEntry, stageFiles, storeFilesInTx } from '../run/staged-files.ts';
import { insertRunInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import { type Folder, readFolder } from './import-folder.ts';

export interface Import extends Folder {
  readonly run_id: number;
  readonly connection_id: number;
  /** True when an import that was cut short goes on. */
  readonly resumed: boolean;
}

export async function startImport(
  deps: { sql: Sql; queue: Queue; clock: Clock; keyring: Keyring },
  request: {
    readonly folder: string;
    readonly site_key: string;
    /** Makes a connection of this key, also where there are others. */
    readonly new_site: boolean;
    readonly actor: Actor;
  },
): Promise<Import> {
  const folder = await readFolder(resolve(request.folder));
  const { files, transactionTime } = folder;
  return await deps.sql.begin(async (tx) => {
    const { actor, site_key } = request;
    const record = (action: string, object: string, details: Facts) =>
      recordInTx(tx, { at: deps.clock(), actor, action, object, details });
    const { connection_id, created } = await connectionFor(tx, site_key, request.new_site);
    if (created) await record('connection.create', `connection/${connection_id}`, { site_key });
    const live = await liveImport(tx, connection_id, files);
    if (live) {
      await record('import.resume', `run/${live}`, { connection_id });
      return { run_id: live, connection_id, ...folder, resumed: true };
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
      update run set status = 'downloading', started_at = ${deps.clock()}, manifest_at = ${deps.clock()},
        transaction_time = ${transactionTime}
      where run_id = ${run_id}`;
    const staging = stageFiles(tx, deps.keyring, run_id);
    for (const file of files) {
      staging.add(file);
      await staging.rest();
    }
    await storeFilesInTx(tx, { run_id, part: 'main' }, await staging.finish());
    const { limits } = (await readConnection(tx, connection_id)).config;
    await advanceInTx(tx, deps.queue, { run_id, limits }, deps.clock());
    await record('import.start', `run/${run_id}`, { connection_id, files: files.length });
    return { run_id, connection_id, ...folder, resumed: false };
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
        known: inWords(known.map((one) => one.site_key)),
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

/** A few by name, the rest by number. */
function inWords(keys: readonly string[]): string {
  const named = keys
    .slice(0, 10)
    .map((key) => `"${key}"`)
    .join(', ');
  return keys.length > 10 ? `${named} and ${keys.length - 10} more` : named;
}

async function liveImport(
  tx: Tx,
  connectionId: number,
  files: readonly FileEntry[],
): Promise<number | undefined> {
  const [live] = await tx<{ run_id: number; same: boolean }[]>`
    select r.run_id, (select array_agg(k order by k) from (select ${tx.unsafe(URL_KEY)} from export_file f where f.run_id = r.run_id) as f(k))
      = (select array_agg(k order by k) from (
        select ${tx.unsafe(URL_KEY)} from (select r.run_id, u, null::bytea from unnest(${files.map((file) => file.url)}::text[]) as u)
          as g(run_id, url, url_hash)) as g(k)) as same
    from run r
    where r.connection_id = ${connectionId} and r.kind = 'import' and r.status in ('downloading', 'processing')`;
  return live?.same ? live.run_id : undefined;
}
