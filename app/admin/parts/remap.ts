/** What a remap changes, the same in a report and in the preview of maps. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { conceptLink } from './concept.ts';
import { state } from './state.ts';
import { table } from './table.ts';
import { count, short } from './text.ts';

export function remapChanges(report: Schemas['RemapReport']): Html {
  return html`${table({
    ...{ caption: 'What it means for each connection', rows: report.connections, empty: 'No connection.' },
    columns: [
      {
        head: 'Connection',
        names: true,
        cell: ({ connection_id: id, site_key }) => html`<a href="/admin/connections/${id}">${site_key}</a>`,
      },
      { head: 'Codes', right: true, cell: ({ codes }) => count(codes) },
      { head: 'Resources to map again', right: true, cell: ({ records }) => count(records) },
      {
        head: 'Only by a full sync',
        right: true,
        cell: ({ records_gone, records_to_send_again }) => count(records_gone + records_to_send_again),
      },
      {
        head: 'Enough',
        cell: ({ needs_full_sync }) =>
          needs_full_sync ? state('warning', 'needs a full sync too') : state('ok', 'yes'),
      },
    ],
  })}
${table({
  ...{
    caption: `Codes that change: ${count(report.changes_total)}, the most frequent first`,
    rows: report.changes,
    empty: 'No code in use changes.',
  },
  columns: [
    {
      head: 'Code',
      names: true,
      cell: ({ code, display }) => html`<code>${short(code, 60)}</code> ${short(display ?? '', 120)}`,
    },
    { head: 'System', cell: ({ system }) => html`<code>${short(system, 100)}</code>` },
    { head: 'What', cell: ({ change }) => change.replaceAll('-', ' ') },
    { head: 'Before', cell: ({ before }) => concepts(before) },
    { head: 'After', cell: ({ after }) => concepts(after) },
    { head: 'Resources', right: true, cell: ({ records }) => count(records) },
  ],
})}`;
}

function concepts({ concepts: all }: Schemas['RemapSide']) {
  if (all.length === 0) return html`<span class="quiet">concept 0</span>`;
  return html`${all.map(({ concept_id, name, domain }) => html`<div>${conceptLink({ concept_id, concept_name: name ?? String(concept_id) })} <span class="quiet">${domain}</span></div>`)}`;
}
