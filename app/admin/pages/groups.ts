/** Groups that are exported: how many are in them, who left is counted. */
import { html } from 'hono/html';
import { selectGroups } from '../../reads/groups.ts';
import { runLink } from '../parts/run.ts';
import { table } from '../parts/table.ts';
import { count, short } from '../parts/text.ts';
import type { Room, Visit } from '../visit.ts';

export function mountGroups({ show }: Room): void {
  show('/admin/groups', 'list-failures', groups);
}

async function groups(visit: Visit) {
  const rows = await selectGroups(visit.services.sql, visit.caller.connections);
  return {
    title: 'Groups',
    body: html`<p class="quiet">Known where a connection asks for the members of its Group before each export. Who joined gets the whole history; who left stays loaded. Single members are in the view <code>group_members</code>.</p>${table(
      {
        ...{ caption: 'Groups and how many are in them', rows, quietCaption: true },
        empty: 'No connection asks for members ("Members of the Group" in its settings).',
        columns: [
          { head: 'Group', names: true, cell: ({ group_id }) => html`<code>${short(group_id, 100)}</code>` },
          {
            head: 'Connection',
            cell: ({ connection_id: id, site_key }) =>
              html`<a href="/admin/connections/${id}">${site_key}</a>`,
          },
          { head: 'Members', right: true, cell: ({ members }) => count(members) },
          { head: 'Left', right: true, cell: ({ gone }) => count(gone) },
          {
            head: 'Without their history yet',
            right: true,
            cell: ({ without_history }) => count(without_history),
          },
          {
            head: 'Asked in',
            cell: ({ connection_id, last_run }) =>
              last_run === null ? '' : runLink({ connection_id, run_id: last_run }),
          },
        ],
      },
    )}`,
  };
}
