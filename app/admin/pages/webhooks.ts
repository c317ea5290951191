/** Receivers of events: list, and add one, whose secret is shown once. */
import { html } from 'hono/html';
import { siteNames } from '../../reads/connections.ts';
import { csrfField } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { shownOnce } from '../parts/shown-once.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { short, stampOf } from '../parts/text.ts';
import { webhookFields, webhookSettings } from '../parts/webhook.ts';
import { have, type Refused, refusedBox, spokenAgainst } from '../refused.ts';
import type { Form, Room, Visit } from '../visit.ts';

export function mountWebhooks({ show, act }: Room): void {
  show('/admin/webhooks', 'list-webhooks', async (visit) => list(visit, {}));
  act('/admin/webhooks', 'create-webhook', add);
}

interface Seen {
  /** The secret of the one that was made. */
  readonly secret?: string;
  /** What was typed, and is wrong. */
  readonly form?: Form;
  readonly refused?: Refused;
}

async function list(visit: Visit, { secret, form, refused }: Seen) {
  const cursor = visit.query('cursor');
  const [sites, page] = await Promise.all([
    siteNames(visit.services.sql, null),
    visit.api
      .GET('/api/v1/admin/webhooks', {
        params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then(have),
  ]);
  const typed = (name: string) => form?.all(name) ?? [];
  return {
    title: 'Webhooks',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${secret === undefined ? '' : shownOnce('Secret', 'The secret with which events are signed, as verifiers of Standard Webhooks take it.', secret)}${refusedBox(refused)}
<p>Programs that are told of alerts and of how runs end, in the format of Standard Webhooks.</p>
${table({
  ...{ caption: 'Receivers, newest first', rows: page.items, empty: 'There is none yet.' },
  columns: [
    {
      ...{ head: 'For', names: true },
      cell: ({ webhook_id: id, name }) => html`<a href="/admin/webhooks/${id}">${short(name, 120)}</a>`,
    },
    { head: 'Host', cell: ({ host }) => html`<code>${short(host, 80)}</code>` },
    { head: 'Events', cell: ({ events }) => events.join(', ') || 'all' },
    {
      head: 'Connections',
      cell: ({ connections }) =>
        connections === null
          ? 'all'
          : short(connections.map((id) => sites.get(id) ?? `${id} (deleted)`).join(', ')),
    },
    { head: 'State', cell: ({ is_active }) => state(is_active ? 'active' : 'inactive') },
    {
      head: 'Made',
      cell: ({ created_at, created_by }) =>
        html`${stampOf(created_at)}<br /><span class="quiet">${short(created_by, 60)}</span>`,
    },
  ],
})}${pager(visit, { path: '/admin/webhooks', next: page.next_cursor })}
<h2>Add one</h2><form method="post" action="/admin/webhooks">${csrfField(visit)}
${webhookFields({ of: typed, isNew: true, isActive: form === undefined || form.has('is_active'), sites })}
<button class="main">Add the receiver</button></form>`,
  };
}

async function add(visit: Visit, form: Form) {
  try {
    const { url = '', ...settings } = webhookSettings(form);
    const made = have(await visit.api.POST('/api/v1/admin/webhooks', { body: { ...settings, url } }));
    return await list(visit, { secret: made.secret });
  } catch (error) {
    return await list(visit, { form, refused: spokenAgainst(error) });
  }
}
