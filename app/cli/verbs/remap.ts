/**
 * `remap` maps again what the vocabulary answers otherwise now, from the lines that are kept; with --report it only says
 * what that would be.
 */
import { Option } from '@commander-js/extra-typings';
import { must, type Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { connectionOf } from '../connection-of.ts';
import { watched, whoWorks } from '../follow.ts';
import { report } from '../report.ts';
import { type Session, withApi } from '../session.ts';
import { table } from '../table.ts';
import { say, sayJson } from '../terminal.ts';
import { ended, verb, watchOption } from '../verb.ts';
import { type Run, watchRun } from '../watch.ts';

export const remap = verb(
  'remap',
  'After a new vocabulary or changed local maps: map again what they change, from what is kept.',
  ['remap --report', 'remap --watch', 'remap --site memorial --all'],
)
  .option('--site <site>', 'only of this connection')
  .addOption(new Option('--report', 'only say what that is').conflicts(['all', 'watch']))
  .option('--all', 'also after changed settings or an update')
  .addOption(watchOption())
  .action(async (options) => {
    const { site, watch } = options;
    await withApi(
      options,
      async (api, session) => {
        const id = site === undefined ? undefined : (await connectionOf(api, site)).connection_id;
        const wanted = { id, all: options.all === true, watch: watch === true, json: options.json === true };
        if (options.report) await showReport(session, wanted);
        else ended(await start(session, wanted));
      },
      { withWorkers: watch === true },
    );
  });

interface Wanted {
  readonly id: number | undefined;
  readonly all: boolean;
  readonly watch: boolean;
  readonly json: boolean;
}

async function start(session: Session, { id, all, watch, json }: Wanted): Promise<boolean> {
  const { api } = session;
  const data = must(
    await api.POST('/api/v1/admin/vocabulary/remap', {
      body: { all, ...(id === undefined ? {} : { connection_id: id }) },
    }),
  );
  if (!json) {
    for (const { run_id, site_key } of data.started) say(`Run ${run_id} of "${site_key}" started.`);
    for (const { detail } of data.skipped) say(detail);
    if (data.started.length === 0 && data.skipped.length === 0) say('Nothing was ever synced.');
  }
  if (!watch) {
    if (json) sayJson(data);
    else if (data.started.length > 0) say(await whoWorks(api));
    return data.skipped.length === 0;
  }
  const finished: Run[] = [];
  for (const run of data.started) {
    const again = `watch ${run.site_key}`;
    const one = await watched(session, { again, json }, (watching) => watchRun(api, run, watching));
    if (one === undefined) return false;
    if (!json) await report(api, one);
    finished.push(one);
  }
  if (json) sayJson({ ...data, finished });
  return data.skipped.length === 0 && finished.every(({ status }) => status === 'completed');
}

/** Codes shown in a terminal; the API gives more. */
const SHOWN = 40;

async function showReport({ api }: Session, { id, json }: Wanted): Promise<void> {
  const data = must(
    await api.GET('/api/v1/admin/vocabulary/remap', {
      params: { query: { limit: SHOWN, ...(id === undefined ? {} : { connection_id: id }) } },
    }),
  );
  if (json) return sayJson(data);
  say(
    `Vocabulary ${data.version}: ${data.changes_total} ${noun(data.changes_total, 'code')} in use ${noun(data.changes_total, 'is', 'are')} answered otherwise now.`,
  );
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
}

function line({ system, code, display, change, before, after, records }: Schemas['RemapChange']) {
  const said = (side: Schemas['RemapSide']) =>
    side.concepts.map((one) => `${one.concept_id} ${one.domain}`).join(', ') || '0';
  return { system, code, display, change, before: said(before), after: said(after), records };
}
