/** `cli status [SITE]`: how the connections are doing and why, and their last runs. */
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { connectionOf } from './connection-of.ts';
import { healthText, noticesText } from './health.ts';
import { openLocal } from './local.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';
import { retryText } from './watch.ts';

type Dashboard = Schemas['Dashboard'];

export async function showStatus(site: string | undefined): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { data, error } = await local.api.GET('/api/v1/admin/fhir-sync/dashboard', {});
    if (!data) throw new Error(error?.detail ?? 'the dashboard cannot be read');
    const only = site ? await connectionOf(local.api, site) : undefined;
    const of = <T extends { connection_id: number }>(rows: readonly T[]) =>
      rows.filter((row) => !only || row.connection_id === only.connection_id);
    const connections = of(data.connections);
    const runs = of(data.recent_runs);
    say(`${local.engine.database.described}\n\nConnections`);
    say(table(connections.map(connectionRow)));
    for (const site_key of await managedOf(local.api)) {
      if (connections.some((one) => one.site_key === site_key))
        say(`\n${site_key} is managed by the environment: its settings are the EHR_… variables.`);
    }
    for (const connection of connections) {
      if (connection.reasons.length > 0) say(`\n${healthText(connection)}`);
    }
    say('\nRecent runs');
    const keys = new Map(data.connections.map((one) => [one.connection_id, one.site_key]));
    say(table(runs.map((run) => runRow(run, keys.get(run.connection_id) ?? ''))));
    for (const { run_id, retrying } of runs) {
      if (retrying) say(`\nRun ${run_id}: ${retryText(retrying)}`);
    }
    for (const { site_key, notices } of connections) {
      for (const [run, said] of Map.groupBy(notices, (notice) => notice.run_id)) {
        say(`\nNotices of run ${run} (${site_key})\n${noticesText(said)}`);
      }
    }
    const waiting = connections.some((one) => one.live_run_id !== null);
    if (waiting && !data.workers.running) say(`\n${nobodyWorks(data.workers)}`);
    return true;
  } finally {
    await local.close();
  }
}

async function managedOf(api: ApiClient): Promise<string[]> {
  const { data } = await api.GET('/api/v1/admin/fhir-connections', { params: { query: { limit: 200 } } });
  return (data?.items ?? []).filter((one) => one.managed_by !== null).map(({ site_key }) => site_key);
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

function runRow(run: Dashboard['recent_runs'][number], site: string) {
  return {
    ...{ run: run.run_id, site, status: run.status, mode: run.mode, started: run.created_at.slice(0, 19) },
    ...{ seconds: run.duration_seconds, extracted: run.records_extracted, unchanged: run.records_skipped },
    ...{ loaded: run.records_loaded, excluded: run.records_excluded, failed: run.records_failed },
    ...{ parked: run.records_parked, removed: run.records_removed },
    error: run.error?.code ?? (run.retrying && `${run.retrying.code}, tried again`),
  };
}
