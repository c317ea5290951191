/** `status`: how the connections are doing and why, and their last runs. */
import { type ApiClient, ApiProblem, must, type Schemas } from '../../../openapi/client/index.ts';
import { allConnections, connectionOf } from '../connection-of.ts';
import { healthText, noticesText } from '../health.ts';
import { runRow } from '../run-row.ts';
import { withApi } from '../session.ts';
import { table } from '../table.ts';
import { say, sayJson } from '../terminal.ts';
import { verb } from '../verb.ts';
import { retryText } from '../watch.ts';

type Dashboard = Schemas['Dashboard'];

export const status = verb('status', 'How the connections are doing and why, and their last runs.', [
  'status',
  'status memorial',
  'status --json',
])
  .argument('[site]', 'only this connection')
  .action((site, options) =>
    withApi(options, async (api, { where }) => {
      const data = must(await api.GET('/api/v1/admin/fhir-sync/dashboard', {}));
      const only = site === undefined ? undefined : await connectionOf(api, site);
      const of = <T extends { connection_id: number }>(rows: readonly T[]) =>
        rows.filter((row) => !only || row.connection_id === only.connection_id);
      const [connections, runs] = [of(data.connections), of(data.recent_runs)];
      if (options.json) return sayJson({ ...data, connections, recent_runs: runs, funnel: of(data.funnel) });
      const names = new Map(data.connections.map((one) => [one.connection_id, one.site_key]));
      say(`${where}\n`);
      tell(data, connections, runs, names);
      for (const { site_key, managed_by } of only ? [only] : await visibleConnections(api)) {
        if (managed_by !== null)
          say(`\n${site_key} is managed by the environment: its settings are the EHR_… variables.`);
      }
    }),
  );

/** None for who may see figures and no settings. */
async function visibleConnections(api: ApiClient): Promise<Schemas['Connection'][]> {
  try {
    return await allConnections(api);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 403) return [];
    throw error;
  }
}

function tell(
  { workers }: Dashboard,
  connections: Dashboard['connections'],
  runs: Dashboard['recent_runs'],
  names: ReadonlyMap<number, string>,
): void {
  say(`Connections\n${table(connections.map(connectionRow))}`);
  for (const connection of connections) {
    if (connection.reasons.length > 0) say(`\n${healthText(connection)}`);
  }
  say(`\nRecent runs\n${table(runs.map((run) => runRow(run, names)))}`);
  for (const { run_id, retrying } of runs) {
    if (retrying) say(`\nRun ${run_id}: ${retryText(retrying)}`);
  }
  for (const { site_key, notices } of connections) {
    for (const [run, said] of Map.groupBy(notices, (notice) => notice.run_id)) {
      say(`\nNotices of run ${run} (${site_key})\n${noticesText(said)}`);
    }
  }
  const waiting = connections.some((one) => one.live_run_id !== null);
  if (waiting && !workers.running) say(`\n${nobodyWorks(workers)}`);
}

function nobodyWorks({ seen_at }: Dashboard['workers']): string {
  const last = seen_at
    ? `the last was seen ${seen_at.slice(0, 19).replace('T', ' ')} UTC`
    : 'none was ever seen';
  return `No worker runs (${last}), so what is live does not get on: npm start, or npm run work.`;
}

function connectionRow(one: Dashboard['connections'][number]) {
  return {
    ...{ site: one.site_key, health: one.health, last_run: one.last_status },
    last_success: one.last_success_at?.slice(0, 19),
    ...{ coverage: one.mapping_coverage, failures_open: one.records_failed_open, parked: one.parked_open },
    live_run: one.live_run_id,
  };
}
