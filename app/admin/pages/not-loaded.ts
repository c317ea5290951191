/** What is not in the CDM, and why: counted across connections, then the single resources of one. */
import { html } from 'hono/html';
import { siteNames } from '../../reads/connections.ts';
import { KINDS, type NotLoadedKind, selectNotLoaded } from '../../reads/not-loaded.ts';
import { figuresOf, tabs } from '../parts/connection.ts';
import { button, filters, input, select } from '../parts/form.ts';
import { address, pager } from '../parts/pager.ts';
import { meaningOf, reasonCell } from '../parts/reason.ts';
import { runLink, runPath } from '../parts/run.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { count, short, stampOf } from '../parts/text.ts';
import { have } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

const MEANS: Readonly<Record<NotLoadedKind, string>> = {
  failed: 'Should have been loaded and was not. After a fix it is mapped again.',
  excluded: 'A rule keeps it out, rightly: entered in error, not realised, and the like.',
  parked: 'Waits for its Patient; loaded as soon as that comes.',
};

const EMPTY: Readonly<Record<NotLoadedKind, string>> = {
  failed: 'Nothing has failed.',
  excluded: 'Nothing is kept out.',
  parked: 'Nothing waits.',
};

export function mountNotLoaded({ show, act }: Room): void {
  show('/admin/not-loaded', 'list-failures', groups);
  show('/admin/connections/:id/not-loaded', 'list-failures', single);
  act('/admin/connections/:id/redrive', 'start-redrive', redrive);
}

const kindOf = (visit: Visit): NotLoadedKind => KINDS.find((one) => one === visit.query('kind')) ?? 'failed';

function kindTabs(path: string, current: NotLoadedKind) {
  return html`<nav class="tabs" aria-label="Kind"><ul>${KINDS.map(
    (kind) =>
      html`<li><a href="${address(path, { kind })}"${kind === current ? html` aria-current="page"` : ''}>${kind}</a></li>`,
  )}</ul></nav><p class="quiet">${MEANS[current]}</p>`;
}

async function groups(visit: Visit) {
  const kind = kindOf(visit);
  const { connections } = visit.caller;
  const site = visit.queryId('connection');
  const [sites, rows] = await Promise.all([
    siteNames(visit.services.sql, connections),
    selectNotLoaded(visit.services.sql, {
      ...{ kind, resource_type: visit.query('resource_type'), reason: visit.query('reason') },
      connections: site === undefined ? connections : (connections ?? [site]).filter((id) => id === site),
    }),
  ]);
  return {
    title: 'Not loaded',
    body: html`${kindTabs('/admin/not-loaded', kind)}${filters('/admin/not-loaded', [
      html`<input type="hidden" name="kind" value="${kind}" />`,
      select({
        ...{ name: 'connection', label: 'Connection', value: String(site ?? '') },
        options: [['', 'All'], ...[...sites].map(([id, name]) => [String(id), name] as const)],
      }),
      input({ name: 'resource_type', label: 'Type', value: visit.query('resource_type') }),
      input({ name: 'reason', label: 'Reason', value: visit.query('reason') }),
    ])}${table({
      ...{ caption: 'By reason, the largest first', rows, empty: EMPTY[kind] },
      columns: [
        {
          ...{ head: 'Reason', names: true },
          cell: ({ connection_id: id, reason, resource_type }) =>
            reasonCell(
              reason ?? 'unknown',
              address(`/admin/connections/${id}/not-loaded`, {
                ...{ kind, resource_type: resource_type ?? undefined },
                reason: kind === 'parked' ? undefined : (reason ?? undefined),
              }),
            ),
        },
        { head: 'Type', cell: ({ resource_type }) => resource_type ?? 'unknown' },
        {
          head: 'Connection',
          cell: ({ connection_id: id, site_name }) =>
            html`<a href="/admin/connections/${id}">${site_name}</a>`,
        },
        { head: 'Resources', right: true, cell: ({ resources }) => count(resources) },
      ],
    })}${rows.length === 200 ? html`<p class="quiet">The 200 largest groups; filter for the others.</p>` : ''}`,
  };
}

async function single(visit: Visit) {
  const figures = await figuresOf(visit);
  const { connection_id: id, site_name } = figures;
  const kind = kindOf(visit);
  const path = `/admin/connections/${id}/not-loaded`;
  const { body, next } = await LISTS[kind](visit, id);
  const type = visit.query('resource_type');
  const reason = visit.query('reason');
  const meaning = reason === undefined ? undefined : meaningOf(reason);
  const mayRedrive = kind === 'failed' && figures.records_failed_open > 0 && visit.may('start-redrive', id);
  return {
    title: site_name,
    body: html`${tabs(visit, id, 'not-loaded')}${kindTabs(path, kind)}${filters(path, [
      html`<input type="hidden" name="kind" value="${kind}" />`,
      input({ name: 'resource_type', label: 'Type', value: type }),
      kind === 'parked' ? html`` : input({ name: 'reason', label: 'Reason', value: reason }),
      kind === 'failed'
        ? select({
            ...{ name: 'state', label: 'State', value: visit.query('state') ?? 'open' },
            options: [
              ['open', 'open'],
              ['resolved', 'resolved'],
              ['all', 'all'],
            ],
          })
        : html``,
    ])}${
      mayRedrive
        ? html`<div class="actions">${button(visit, {
            ...{
              action: `/admin/connections/${id}/redrive`,
              label: 'Map these again',
              look: 'main' as const,
            },
            fields: {
              ...(type === undefined ? {} : { resource_type: type }),
              ...(reason === undefined ? {} : { reason }),
            },
          })}<span class="quiet">From the lines that are kept; nothing is asked of the EHR.</span></div>`
        : ''
    }${meaning === undefined ? '' : html`<p class="box"><code>${reason}</code>: ${meaning}</p>`}${body}${pager(visit, { path, next })}`,
  };
}

function queryOf(visit: Visit) {
  const [cursor, resource_type, reason] = ['cursor', 'resource_type', 'reason'].map((name) =>
    visit.query(name),
  );
  return {
    limit: 100,
    ...(cursor === undefined ? {} : { cursor }),
    ...(resource_type === undefined ? {} : { resource_type }),
    ...(reason === undefined ? {} : { reason }),
  };
}

const STATES = ['open', 'resolved', 'all'] as const;

const LISTS: Readonly<
  Record<NotLoadedKind, (visit: Visit, id: number) => Promise<{ body: unknown; next: string | null }>>
> = {
  failed: async (visit, id) => {
    const of = STATES.find((one) => one === visit.query('state')) ?? 'open';
    const { items, next_cursor } = have(
      await visit.api.GET('/api/v1/admin/fhir-connections/{id}/failures', {
        params: { path: { id }, query: { ...queryOf(visit), state: of } },
      }),
    );
    const body = table({
      ...{ caption: 'Failures, newest first', rows: items, empty: 'No failure fits.' },
      columns: [
        { head: 'Reason', names: true, cell: ({ reason }) => html`<code>${reason}</code>` },
        { head: 'Resource', cell: (row) => resource(row.resource_type, row.fhir_id) },
        {
          head: 'Element',
          cell: ({ field }) => (field === null ? '' : html`<code>${short(field, 120)}</code>`),
        },
        {
          head: 'Where',
          cell: ({ file_no, line, run_id }) =>
            html`${line === null ? '' : html`file ${file_no ?? '?'}, line ${count(line)}, `}<a href="${runPath({ connection_id: id, run_id })}">run ${run_id}</a>`,
        },
        { head: 'When', cell: ({ created_at }) => stampOf(created_at) },
        { head: 'State', cell: ({ resolved_at }) => state(resolved_at === null ? 'open' : 'resolved') },
      ],
    });
    return { body, next: next_cursor };
  },
  excluded: async (visit, id) => {
    const { items, next_cursor } = have(
      await visit.api.GET('/api/v1/admin/fhir-connections/{id}/exclusions', {
        params: { path: { id }, query: queryOf(visit) },
      }),
    );
    const body = table({
      ...{ caption: 'Resources that a rule keeps out', rows: items, empty: 'No exclusion fits.' },
      columns: [
        { head: 'Rule', names: true, cell: ({ rule }) => html`<code>${rule ?? 'unknown'}</code>` },
        { head: 'Resource', cell: (row) => resource(row.resource_type, row.fhir_id) },
        { head: 'Decided in', cell: ({ last_run }) => runLink({ connection_id: id, run_id: last_run }) },
      ],
    });
    return { body, next: next_cursor };
  },
  parked: async (visit, id) => {
    const { items, next_cursor } = have(
      await visit.api.GET('/api/v1/admin/fhir-connections/{id}/parked', {
        params: { path: { id }, query: queryOf(visit) },
      }),
    );
    const body = table({
      ...{ caption: 'Resources that wait', rows: items, empty: 'Nothing waits.' },
      columns: [
        { head: 'Resource', names: true, cell: (row) => resource(row.resource_type, row.fhir_id) },
        {
          head: 'Waits for',
          cell: (row) => html`${row.waits_for_type}/<code>${short(row.waits_for_id, 100)}</code>`,
        },
        { head: 'Since', cell: ({ since }) => stampOf(since) },
        {
          head: 'In the CDM',
          cell: ({ is_parked }) => (is_parked ? 'nothing of it' : 'loaded without what it waits for'),
        },
        {
          head: 'Run',
          cell: ({ since_run }) =>
            since_run === null ? '' : runLink({ connection_id: id, run_id: since_run }),
        },
      ],
    });
    return { body, next: next_cursor };
  },
};

/** A resource by its identity, which leads to its rows. */
function resource(type: string | null, id: string | null) {
  if (type === null || id === null) return html`<span class="quiet">${type ?? 'unknown'}</span>`;
  return html`<a href="${address('/admin/lineage', { resource: `${type}/${id}` })}">${type}/<code>${short(id, 100)}</code></a>`;
}

async function redrive(visit: Visit, form: Form) {
  const id = visit.number('id');
  const [reason, resource_type] = [form.text('reason'), form.text('resource_type')];
  const started = have(
    await visit.api.POST('/api/v1/admin/fhir-connections/{id}/redrive', {
      params: { path: { id } },
      body: {
        ...(reason === undefined ? {} : { reason }),
        ...(resource_type === undefined ? {} : { resource_type }),
      },
    }),
  );
  return goTo(visit, runPath({ connection_id: id, run_id: started.run_id }), 'redrive-started');
}
