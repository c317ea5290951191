/** Overview: what needs a person first, then how each connection is doing, then the figures. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { nextRuns } from '../../reads/next-runs.ts';
import { alertTable } from '../parts/alert.ts';
import { bars, timeline } from '../parts/chart.ts';
import { healthOf, todoOf } from '../parts/health.ts';
import { runLink, runTable } from '../parts/run.ts';
import { facts, table } from '../parts/table.ts';
import { count, percent, stampOf, when } from '../parts/text.ts';
import { have } from '../refused.ts';
import type { Room, Visit } from '../visit.ts';
import { coveragePart } from './coverage.ts';

type Dashboard = Schemas['Dashboard'];
type Connection = Dashboard['connections'][number];

/** More connections than these have a list of their own. */
const SHOWN = 50;

export function mountOverview({ show }: Room): void {
  show('/admin', 'get-dashboard', overview);
}

async function overview(visit: Visit) {
  const [figures, alerts] = await Promise.all([
    visit.api.GET('/api/v1/admin/fhir-sync/dashboard', {}).then(have),
    visit.api.GET('/api/v1/admin/alerts', { params: { query: { state: ['open'], limit: 5 } } }).then(have),
  ]);
  if (figures.connections.length === 0) return { title: 'Overview', body: firstStart(visit) };
  const due = await nextRuns(visit.services.sql);
  return {
    title: 'Overview',
    live: true,
    body: html`${needsPerson(visit, figures, alerts)}${connections(visit, figures.connections, due)}
<div class="grid"><section><h2>From the EHR to the CDM</h2>${funnel(visit, figures)}</section>
<section><h2>The last 30 days</h2>${days(figures)}</section>
<section><h2>Coverage by domain</h2>${coveragePart(visit)}</section>
<section><h2>In all</h2>${totals(figures)}</section></div>
<h2>Recent runs</h2>${runTable({
      ...{ caption: 'The last runs of all connections, newest first', runs: figures.recent_runs },
      ...{ empty: 'No run yet.', sites: sitesOf(figures) },
    })}<p><a href="/admin/runs">All runs</a></p>`,
  };
}

function firstStart(visit: Visit) {
  return html`<p class="empty">There is no connection to an EHR yet.</p>${
    visit.may('create-fhir-connection')
      ? html`<p>Load a vocabulary first, else every code is unmapped: <a href="/admin/vocabulary">Vocabulary</a>. Then make a connection.</p>
<p><a class="button main" href="/admin/connections/new">New connection</a></p>`
      : html`<p>An admin makes the first one.</p>`
  }`;
}

function needsPerson(visit: Visit, { connections: all, workers }: Dashboard, alerts: Schemas['AlertPage']) {
  const ill = all.filter(({ health }) => health !== 'healthy').sort((a, b) => weight(b) - weight(a));
  const idle = !workers.running
    ? html`<div class="box bad"><p><strong>No worker runs.</strong> What is queued waits. Start one: <code>npm start</code>, or <code>npm run work</code>. Seen last: ${when(workers.seen_at, visit.now)}.</p></div>`
    : '';
  if (ill.length === 0 && alerts.items.length === 0 && workers.running) {
    return html`<p class="box good">Nothing needs a person: every connection is healthy, and no alert is open.</p>`;
  }
  return html`<section><h2>Needs a person</h2>${idle}
${ill.length === 0 ? '' : html`<ul class="items">${ill.slice(0, 20).map((one) => html`<li>${healthOf(one.health)} <a href="/admin/connections/${one.connection_id}">${one.site_name}</a> ${todoOf(one, 1)}</li>`)}</ul>`}
${ill.length > 20 ? html`<p>And ${ill.length - 20} more: <a href="/admin/connections">all connections</a></p>` : ''}
${alerts.items.length === 0 ? '' : alertTable(visit, 'Open alerts, newest first', alerts.items, '')}
${alerts.next_cursor === null ? '' : html`<p><a href="/admin/alerts?state=open">All open alerts</a></p>`}</section>`;
}

const WEIGHTS = ['healthy', 'never-synced', 'degraded', 'paused', 'silent', 'failing'];
const weight = ({ health }: Connection) => WEIGHTS.indexOf(health);

function connections(visit: Visit, all: readonly Connection[], due: ReadonlyMap<number, Date>) {
  const more = all.length - SHOWN;
  return html`<h2>Connections</h2>${table({
    ...{ caption: 'How each connection is doing', rows: all.slice(0, SHOWN), empty: '', quietCaption: true },
    columns: [
      {
        head: 'Connection',
        names: true,
        cell: ({ connection_id: id, site_name }) => html`<a href="/admin/connections/${id}">${site_name}</a>`,
      },
      { head: 'Health', cell: ({ health }) => healthOf(health) },
      { head: 'Data as of', cell: ({ watermark }) => when(watermark, visit.now) },
      {
        head: 'Last run',
        cell: ({ connection_id, live_run_id, last_run_id, last_status }) =>
          live_run_id !== null
            ? html`${runLink({ connection_id, run_id: live_run_id })} under way`
            : last_run_id === null
              ? ''
              : html`${runLink({ connection_id, run_id: last_run_id })} ${last_status ?? ''}`,
      },
      {
        head: 'Next run',
        cell: ({ connection_id, is_active }) =>
          is_active ? stampOf(due.get(connection_id)?.toISOString() ?? null) : 'paused',
      },
      { head: 'Coverage', right: true, cell: ({ mapping_coverage }) => percent(mapping_coverage) },
      { head: 'Failed, open', right: true, cell: ({ records_failed_open: n }) => count(n) },
      { head: 'Parked', right: true, cell: ({ parked_open: n }) => count(n) },
    ],
  })}${more > 0 ? html`<p>And ${more} more: <a href="/admin/connections">all connections</a></p>` : ''}`;
}

function funnel(visit: Visit, { funnel: rows }: Dashboard) {
  const sum = (
    of: 'extracted' | 'unchanged' | 'loaded' | 'mapped' | 'excluded' | 'failed' | 'parked' | 'rows_written',
  ) => rows.reduce((total, row) => total + row[of], 0);
  const link = (kind: string) => (visit.may('list-failures') ? `/admin/not-loaded?kind=${kind}` : undefined);
  return bars('Resources by what became of them', [
    { label: 'Received', value: sum('extracted'), tone: 'idle' },
    { label: 'Unchanged', value: sum('unchanged'), tone: 'idle' },
    { label: 'Loaded', value: sum('loaded') },
    { label: 'of them mapped', value: sum('mapped') },
    { label: 'Excluded by a rule', value: sum('excluded'), tone: 'idle', href: link('excluded') },
    { label: 'Failed', value: sum('failed'), tone: 'bad', href: link('failed') },
    { label: 'Parked', value: sum('parked'), tone: 'warn', href: link('parked') },
    { label: 'Rows written', value: sum('rows_written'), note: 'rows' },
  ]);
}

function days({ timeline: rows }: Dashboard) {
  return html`${timeline(rows)}<details><summary>The same as a table</summary>${table({
    ...{ caption: 'Runs and resources by day', rows: [...rows].reverse(), empty: '' },
    columns: [
      { head: 'Day', names: true, cell: ({ day }) => day },
      ...(
        ['runs', 'completed', 'failed', 'cancelled', 'live', 'extracted', 'loaded', 'rows_written'] as const
      ).map((of) => ({
        head: of.replaceAll('_', ' '),
        right: true,
        cell: (row: (typeof rows)[number]) => count(row[of]),
      })),
    ],
  })}</details>`;
}

function totals({ totals: all }: Dashboard) {
  return facts([
    [
      'Connections',
      html`${count(all.connections)} <span class="quiet">(${count(all.connections_active)} active)</span>`,
    ],
    ['Runs', html`${count(all.runs)} <span class="quiet">(${count(all.runs_failed)} failed)</span>`],
    ['Resources received', count(all.records_extracted)],
    ['Rows written', count(all.records_written)],
    ['Mapped to Standard concepts', percent(all.mapping_coverage)],
    ['Failures that are open', count(all.records_failed_open)],
    ['Parked now', count(all.parked_open)],
  ]);
}

export function sitesOf({ connections: all }: Pick<Dashboard, 'connections'>): ReadonlyMap<number, string> {
  return new Map(all.map(({ connection_id, site_name }) => [connection_id, site_name]));
}
