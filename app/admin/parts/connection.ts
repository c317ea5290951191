/** What the pages of one connection share: who it is, its tabs, and the guard. */
import { html } from 'hono/html';
import type { Html } from '../../auth/page.ts';
import { connectionNotFound } from '../../reads/connections.ts';
import { selectDashboard } from '../../reads/dashboard.ts';
import type { Dashboard } from '../../schemas/dashboard.ts';
import type { Visit } from '../visit.ts';

export type Figures = Dashboard['connections'][number] & {
  readonly recent: Dashboard['recent_runs'];
  readonly workers: Dashboard['workers'];
};

/** How the connection of the path is doing. @throws Problem as the API does where the person may not see it. */
export async function figuresOf(visit: Visit): Promise<Figures> {
  const id = visit.number('id');
  const { sql, queue } = visit.services;
  if (!visit.may('get-dashboard', id)) throw connectionNotFound(id);
  const found = await selectDashboard(sql, queue.schema, { now: visit.now, only: [id] });
  const [connection] = found.connections;
  if (!connection) throw connectionNotFound(id);
  return { ...connection, recent: found.recent_runs, workers: found.workers };
}

const TABS = [
  { key: 'status', path: '', label: 'Status', operation: 'get-dashboard' },
  { key: 'runs', path: '/runs', label: 'Runs', operation: 'list-sync-runs' },
  { key: 'not-loaded', path: '/not-loaded', label: 'Not loaded', operation: 'list-failures' },
  { key: 'settings', path: '/settings', label: 'Settings', operation: 'get-fhir-connection' },
  { key: 'keys', path: '/keys', label: 'Keys', operation: 'list-connection-keys' },
] as const;

export function tabs(visit: Visit, id: number, current: (typeof TABS)[number]['key']): Html {
  const shown = TABS.filter(({ operation }) => visit.may(operation, id));
  return html`<nav class="tabs" aria-label="Of this connection"><ul>${shown.map(
    ({ key, path, label }) =>
      html`<li><a href="/admin/connections/${id}${path}"${key === current ? html` aria-current="page"` : ''}>${label}</a></li>`,
  )}</ul></nav>`;
}
