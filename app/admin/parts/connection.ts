/** What the pages of one connection share: who it is, its tabs, and the guard. */
import { html } from 'hono/html';
import { workerSigns } from '../../../jobs/step/worker-signs.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { connectionNotFound } from '../../reads/connections.ts';
import { type Connection, selectHealth } from '../../reads/health.ts';
import { selectRuns } from '../../reads/runs.ts';
import type { Run } from '../../schemas/run.ts';
import type { Visit } from '../visit.ts';

export type Figures = Connection & {
  /** Its last runs, newest first. */
  readonly recent: readonly Run[];
  readonly workers: { readonly running: boolean };
};

/** How the connection of the path is doing. @throws Problem as the API does where the person may not see it. */
export async function figuresOf(visit: Visit): Promise<Figures> {
  const id = visit.number('id');
  const { sql, queue } = visit.services;
  if (!visit.may('get-dashboard', id)) throw connectionNotFound(id);
  const [[connection], recent, workers] = await Promise.all([
    selectHealth(sql, [id]),
    selectRuns(sql, { connection_id: id, limit: 5 }),
    workerSigns(sql, queue.schema),
  ]);
  if (!connection) throw connectionNotFound(id);
  return { ...connection, recent, workers };
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

/** Where its settings are changed, when that is not here. */
export function managed({ managed_by }: Pick<Schemas['Connection'], 'managed_by'>) {
  if (managed_by === null) return '';
  return html`<p class="box">Managed by the environment: its settings are the <code>EHR_…</code> variables of the processes, and are changed there.</p>`;
}
