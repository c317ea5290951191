/** The list of connections. */
import { html } from 'hono/html';
import { selectHealth } from '../../reads/health.ts';
import { nextRuns } from '../../reads/next-runs.ts';
import { healthOf } from '../parts/health.ts';
import { pager } from '../parts/pager.ts';
import { table } from '../parts/table.ts';
import { stampOf, when } from '../parts/text.ts';
import { have } from '../refused.ts';
import type { Room, Visit } from '../visit.ts';

const VENDORS: Readonly<Record<string, string>> = { epic: 'Epic', cerner: 'Oracle Health', other: 'Other' };

export function mountConnections({ show }: Room): void {
  show('/admin/connections', 'list-fhir-connections', list);
}

async function list(visit: Visit) {
  const { sql } = visit.services;
  const cursor = visit.query('cursor');
  const page = have(
    await visit.api.GET('/api/v1/admin/fhir-connections', {
      params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
    }),
  );
  const ids = page.items.map(({ connection_id }) => connection_id);
  const [figures, due] = await Promise.all([selectHealth(sql, ids), nextRuns(sql)]);
  const health = new Map(figures.map((one) => [one.connection_id, one]));
  const mayCreate = visit.may('create-fhir-connection');
  return {
    title: 'Connections',
    body: html`${mayCreate ? html`<p class="actions"><a class="button main" href="/admin/connections/new">New connection</a></p>` : ''}
${table({
  ...{ caption: 'Connections in the order in which they were made', rows: page.items, quietCaption: true },
  empty: mayCreate
    ? 'There is none yet. Make one: it takes the address of the FHIR server, a client id and a key.'
    : 'There is none yet.',
  columns: [
    {
      ...{ head: 'Connection', names: true },
      cell: ({ connection_id: id, site_name, site_key }) =>
        html`<a href="/admin/connections/${id}">${site_name}</a><br /><code>${site_key}</code>`,
    },
    { head: 'Health', cell: ({ connection_id: id }) => healthOf(health.get(id)?.health ?? 'never-synced') },
    { head: 'EHR', cell: ({ ehr_vendor }) => VENDORS[ehr_vendor] ?? ehr_vendor },
    { head: 'Data as of', cell: ({ watermark }) => when(watermark, visit.now) },
    {
      head: 'Last sync',
      cell: ({ last_sync_at, last_sync_status }) =>
        html`${when(last_sync_at, visit.now)} ${last_sync_status ?? ''}`,
    },
    {
      head: 'Next',
      cell: ({ connection_id: id, is_active }) =>
        is_active ? stampOf(due.get(id)?.toISOString() ?? null) : 'paused',
    },
  ],
})}${pager(visit, { path: '/admin/connections', next: page.next_cursor })}`,
  };
}
