/** Lineage: from a row to its resource, run, file and line; from a resource to its rows. */
import { html } from 'hono/html';
import { auditRead } from '../../audit.ts';
import {
  lineageTables,
  type Origin,
  type Outcome,
  originOfRow,
  outcomesOfResource,
  rowsOfResource,
} from '../../reads/lineage.ts';
import { input, select } from '../parts/form.ts';
import { address } from '../parts/pager.ts';
import { reasonCell } from '../parts/reason.ts';
import { runLink } from '../parts/run.ts';
import { table } from '../parts/table.ts';
import { count, short } from '../parts/text.ts';
import type { Room, Visit } from '../visit.ts';

export function mountLineage({ show }: Room): void {
  // The rows name patients by their ids, as the list of failures does.
  show('/admin/lineage', 'list-failures', lineage);
}

async function lineage(visit: Visit) {
  const { sql } = visit.services;
  const tables = await lineageTables(sql);
  const asked = { table: visit.query('table'), row: visit.query('row'), resource: visit.query('resource') };
  const found = await find(visit, asked, tables);
  const outcomes = found?.length === 0 ? await outcomesOf(visit, asked.resource) : [];
  return {
    title: 'Lineage',
    body: html`<div class="grid"><form method="get" action="/admin/lineage"><h2>From a row of the CDM</h2>
${select({ name: 'table', label: 'Table', value: asked.table, options: tables.map((name) => [name, name] as const) })}
${input({ name: 'row', label: 'Id of the row', value: asked.row, placeholder: '42000' })}<button>Find its resource</button></form>
<form method="get" action="/admin/lineage"><h2>From a resource</h2>
${input({ name: 'resource', label: 'Resource', value: asked.resource, placeholder: 'Observation/abc-123', help: 'Type and FHIR id.' })}<button>Find its rows</button></form></div>
${found === undefined ? '' : outcomes.length > 0 ? withoutRows(outcomes) : result(found)}`,
  };
}

const partsOf = (resource: string | undefined) => (resource ?? '').split(/\/(.*)/s);

/** Of a resource that has no row, why. That it was asked for is recorded by then. */
async function outcomesOf(visit: Visit, resource: string | undefined): Promise<readonly Outcome[]> {
  const [type = '', fhirId = ''] = partsOf(resource);
  if (type === '' || fhirId === '') return [];
  return await outcomesOfResource(visit.services.sql, { type, fhirId }, visit.caller.connections);
}

function withoutRows(outcomes: readonly Outcome[]) {
  return html`<h2>It has no row in the CDM</h2>${table({
    ...{ caption: 'What became of it', rows: outcomes, empty: '', quietCaption: true },
    columns: [
      {
        ...{ head: 'Connection', names: true },
        cell: ({ connection_id: id, site_key }) => html`<a href="/admin/connections/${id}">${site_key}</a>`,
      },
      { head: 'Outcome', cell: ({ outcome }) => outcome },
      {
        ...{ head: 'Why', wide: true },
        cell: ({ reason, outcome }) =>
          reason === null
            ? outcome === 'parked'
              ? 'It waits for its Patient.'
              : 'Nothing of it belongs into a table of the CDM.'
            : reasonCell(reason),
      },
      {
        head: 'Decided in',
        cell: ({ connection_id, last_run }) => runLink({ connection_id, run_id: last_run }),
      },
    ],
  })}`;
}

async function find(
  visit: Visit,
  {
    table: name,
    row,
    resource,
  }: { table?: string | undefined; row?: string | undefined; resource?: string | undefined },
  tables: readonly string[],
): Promise<readonly Origin[] | undefined> {
  const { caller, c, services } = visit;
  const [type = '', fhirId = ''] = partsOf(resource);
  const isRow = row !== undefined && /^\d{1,15}$/.test(row) && name !== undefined && tables.includes(name);
  if (!isRow && (type === '' || fhirId === ''))
    return row === undefined && resource === undefined ? undefined : [];
  await auditRead(c, {
    action: 'lineage.read',
    target: isRow ? `table/${name}` : `resource/${short(type, 64)}`,
  });
  return isRow
    ? await originOfRow(services.sql, { table: name, id: Number(row) }, caller.connections)
    : await rowsOfResource(services.sql, { type, fhirId }, caller.connections);
}

function result(rows: readonly Origin[]) {
  return html`<h2>Found</h2>${table({
    ...{ caption: 'Rows and where they came from', rows, quietCaption: true },
    empty: 'Nothing is loaded under this id. A resource is named by type and id, as in Observation/abc-123.',
    columns: [
      { head: 'Table', names: true, cell: ({ table_name }) => html`<code>${table_name}</code>` },
      {
        head: 'Rows',
        cell: ({ row_id, row_id_from, row_id_to }) =>
          row_id === null ? `from ${row_id_from} to ${row_id_to}` : String(row_id),
      },
      {
        head: 'Resource',
        cell: ({ resource_type, fhir_id }) =>
          html`<a href="${address('/admin/lineage', { resource: `${resource_type}/${fhir_id}` })}">${resource_type}/<code>${short(fhir_id, 100)}</code></a>`,
      },
      {
        head: 'Connection',
        cell: ({ connection_id: id, site_key }) => html`<a href="/admin/connections/${id}">${site_key}</a>`,
      },
      {
        head: 'First run',
        cell: ({ connection_id, first_run }) => runLink({ connection_id, run_id: first_run }),
      },
      {
        head: 'Last run',
        cell: ({ connection_id, last_run }) => runLink({ connection_id, run_id: last_run }),
      },
      {
        head: 'File and line',
        cell: ({ file_no, line }) => (line === null ? 'not kept' : `file ${file_no}, line ${count(line)}`),
      },
      {
        head: 'Mapped by',
        cell: ({ code_version, vocabulary_version }) =>
          html`version ${code_version}, ${short(vocabulary_version, 60)}`,
      },
    ],
  })}`;
}
