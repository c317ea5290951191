/**
 * Starts an import: the same steps over NDJSON files on disk, for exports that are delivered as files. The connection
 * is made when there is none of that key. An import of the same folder that was cut short is taken up where it was.
 */

import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sql, Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import { phaseOf } from '../load/phases.ts';
import { advanceInTx } from '../run/advance.ts';
import { type FileEntry, storeFilesInTx } from '../run/manifest.ts';
import { insertRunInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError, syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';

export interface Import {
  readonly run_id: number;
  readonly connection_id: number;
  readonly files: number;
  /** True when an import that was cut short goes on. */
  readonly resumed: boolean;
}

export async function startImport(
  deps: { sql: Sql; queue: Queue; clock: Clock },
  request: { readonly folder: string; readonly site_key: string; readonly triggered_by: string },
): Promise<Import> {
  const folder = resolve(request.folder);
  const files = await findFiles(folder);
  return await deps.sql.begin(async (tx) => {
    const connection_id = await connectionFor(tx, request.site_key);
    const live = await liveImport(tx, connection_id, files);
    if (live) return { run_id: live, connection_id, files: files.length, resumed: true };
    const run_id = await insertRunInTx(tx, {
      ...{
        connection_id,
        site_key: request.site_key,
        kind: 'import',
        mode: 'full',
        since: null,
        scope: null,
      },
      ...{ triggered_by: request.triggered_by, at: deps.clock() },
    });
    await tx`update run set status = 'downloading', started_at = ${deps.clock()}, manifest_at = ${deps.clock()} where run_id = ${run_id}`;
    await storeFilesInTx(tx, { run_id, part: 'main' }, files);
    const { limits } = (await readConnection(tx, connection_id)).config;
    await advanceInTx(tx, deps.queue, { run_id, limits }, deps.clock());
    return { run_id, connection_id, files: files.length, resumed: false };
  });
}

const NAME = /\.ndjson(\.gz)?$/i;

async function findFiles(folder: string): Promise<FileEntry[]> {
  let names: string[];
  try {
    if (!(await stat(folder)).isDirectory())
      throw syncError('import-no-folder', { folder, reason: 'it is no folder' });
    names = (await readdir(folder, { recursive: true })).filter((name) => NAME.test(name)).sort();
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw syncError('import-no-folder', { folder, reason: describeError(cause).code }, { cause });
  }
  if (names.length === 0) {
    throw syncError('import-empty', { folder });
  }
  const entries = names.map((name): FileEntry => {
    const type = typeOf(basename(name));
    const url = pathToFileURL(join(folder, name)).href;
    const unknown = { expected_count: null, entry_no: null };
    return { kind: 'output', resource_type: type, phase: phaseOf(type), url, ...unknown };
  });
  return entries.sort((a, b) => a.phase - b.phase);
}

/** The resource type that a name tells ("30.Observation.ndjson.gz", "Patient.000.ndjson"); it decides the order only. */
function typeOf(name: string): string | null {
  return name.split(/[^A-Za-z]+/).find((word) => /^[A-Z][a-z]+([A-Z][a-z]+)*$/.test(word)) ?? null;
}

async function connectionFor(tx: Tx, siteKey: string): Promise<number> {
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(siteKey)) {
    throw syncError('site-key-invalid', { site_key: siteKey });
  }
  await tx`insert into connection (site_key, site_name) values (${siteKey}, ${siteKey}) on conflict (site_key) do nothing`;
  const [row] = await tx<
    { connection_id: number }[]
  >`select connection_id from connection where site_key = ${siteKey}`;
  return row?.connection_id ?? 0;
}

async function liveImport(
  tx: Tx,
  connectionId: number,
  files: readonly FileEntry[],
): Promise<number | undefined> {
  const [live] = await tx<{ run_id: number; same: boolean }[]>`
    select r.run_id, (select array_agg(url order by url) from export_file f where f.run_id = r.run_id)
      = (select array_agg(u order by u) from unnest(${files.map((file) => file.url)}::text[]) as u) as same
    from run r
    where r.connection_id = ${connectionId} and r.kind = 'import' and r.status in ('downloading', 'processing')`;
  return live?.same ? live.run_id : undefined;
}
