/** Runs of one connection, or of all, with filters in the address. */
import { html } from 'hono/html';
import { RUN_STATUSES } from '../../../jobs/step/run-status.ts';
import { siteNames } from '../../reads/connections.ts';
import { selectRuns } from '../../reads/runs.ts';
import { figuresOf, tabs } from '../parts/connection.ts';
import { filters, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { runTable } from '../parts/run.ts';
import type { Room, Visit } from '../visit.ts';

const PAGE = 50;

export function mountRuns({ show }: Room): void {
  show('/admin/runs', 'list-sync-runs', async (visit) => {
    const sites = await siteNames(visit.services.sql, visit.caller.connections);
    return { title: 'Runs', body: html`${await list(visit, undefined, sites)}` };
  });
  show('/admin/connections/:id/runs', 'list-sync-runs', async (visit) => {
    const { connection_id: id, site_name } = await figuresOf(visit);
    return { title: site_name, body: html`${tabs(visit, id, 'runs')}${await list(visit, id, undefined)}` };
  });
}

async function list(visit: Visit, id: number | undefined, sites: ReadonlyMap<number, string> | undefined) {
  const status = RUN_STATUSES.find((one) => one === visit.query('status'));
  const site = visit.queryId('connection');
  const runs = await selectRuns(visit.services.sql, {
    ...{ connection_id: id ?? site, connections: visit.caller.connections, limit: PAGE + 1 },
    statuses: status === undefined ? undefined : [status],
    before: visit.queryId('cursor'),
  });
  const shown = runs.slice(0, PAGE);
  const path = id === undefined ? '/admin/runs' : `/admin/connections/${id}/runs`;
  const asked = [
    select({
      ...{ name: 'status', label: 'State', value: status },
      options: [['', 'All'], ...RUN_STATUSES.map((one) => [one, one] as const)],
    }),
    ...(sites === undefined
      ? []
      : [
          select({
            ...{ name: 'connection', label: 'Connection', value: String(site ?? '') },
            options: [['', 'All'], ...[...sites].map(([of, name]) => [String(of), name] as const)],
          }),
        ]),
  ];
  return html`${filters(path, asked)}${runTable({
    ...{ caption: 'Runs, newest first', runs: shown, sites },
    empty: status === undefined ? 'No run yet.' : 'No run is in this state.',
  })}${pager(visit, { path, next: runs.length > PAGE ? String(shown.at(-1)?.run_id) : null })}`;
}
