/**
 * `cli remap [--site KEY] [--all] [--watch]` maps again what the vocabulary answers otherwise now, from the lines that are
 * kept; with --report it only says what that would be.
 */
import { startWorkers } from '../../jobs/workers.ts';
import type { Schemas } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { type Local, openLocal } from './local.ts';
import { report } from './report.ts';
import { whoWorks } from './sync.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';
import { watchRun } from './watch.ts';

export interface RemapOptions {
  readonly site: string | undefined;
  readonly all: boolean;
  readonly report: boolean;
  readonly watch: boolean;
}

export async function remap(options: RemapOptions): Promise<boolean> {
  const local = await openLocal({ withWorkers: options.watch && !options.report });
  try {
    const connection = options.site === undefined ? undefined : await connectionOf(local.api, options.site);
    const id = connection?.connection_id;
    return options.report ? await showReport(local, id) : await start(local, id, options);
  } finally {
    await local.close();
  }
}

async function start(local: Local, id: number | undefined, options: RemapOptions): Promise<boolean> {
  const { data, error } = await local.api.POST('/api/v1/admin/vocabulary/remap', {
    body: { all: options.all, ...(id === undefined ? {} : { connection_id: id }) },
  });
  if (!data) throw new Error(error?.detail ?? 'the remap could not be started');
  for (const { run_id, site_key } of data.started) say(`Run ${run_id} of "${site_key}" started.`);
  for (const { detail } of data.skipped) say(detail);
  if (data.started.length === 0 && data.skipped.length === 0) say('Nothing was ever synced.');
  if (!options.watch) {
    if (data.started.length > 0) {
      say(await whoWorks(local));
    }
    return data.skipped.length === 0;
  }
  const workers = await startWorkers(local.engine.deps);
  let done = data.skipped.length === 0;
  for (const run of data.started) {
    const finished = await watchRun(local.api, run);
    await report(local.api, finished);
    done &&= finished.status === 'completed';
  }
  await workers.stop();
  return done;
}

/** Codes shown in a terminal; the API gives more. */
const SHOWN = 40;

async function showReport(local: Local, id: number | undefined): Promise<boolean> {
  const { data, error } = await local.api.GET('/api/v1/admin/vocabulary/remap', {
    params: { query: { limit: SHOWN, ...(id === undefined ? {} : { connection_id: id }) } },
  });
  if (!data) throw new Error(error?.detail ?? 'the report could not be made');
  say(`Vocabulary ${data.version}: ${data.changes_total} codes in use are answered otherwise now.`);
  if (data.changes.length > 0) {
    say(`\nThe most frequent (records: at most)\n${table(data.changes.map(line))}`);
  }
  const concerned = data.connections.filter((one) => one.chunks > 0 || one.needs_full_sync);
  if (concerned.length > 0) {
    const rows = concerned.map(({ connection_id: _, ...row }) => row);
    say(`\nConnections\n${table(rows)}`);
  }
  const full = data.connections.filter((one) => one.needs_full_sync).map((one) => one.site_key);
  if (full.length > 0) {
    say(`\nNot all lines are kept. After the remap, a full sync is needed of: ${full.join(', ')}`);
  }
  return true;
}

function line({ system, code, display, change, before, after, records }: Schemas['RemapChange']) {
  const said = (side: Schemas['RemapSide']) =>
    side.concepts.map((one) => `${one.concept_id} ${one.domain}`).join(', ') || '0';
  return { system, code, display, change, before: said(before), after: said(after), records };
}
