/** One receiver of events: its settings, a test, what was sent to it. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { siteNames } from '../../reads/connections.ts';
import { webhookResource } from '../../reads/webhooks.ts';
import { button, csrfField } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { count, short, stampOf } from '../parts/text.ts';
import { webhookFields, webhookSettings } from '../parts/webhook.ts';
import { done, have, type Refused, refusedBox, spokenAgainst } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

type Delivery = Schemas['WebhookDelivery'];

export function mountWebhook({ show, act }: Room): void {
  show('/admin/webhooks/:wid', 'list-webhook-deliveries', async (visit) => one(visit, {}));
  act('/admin/webhooks/:wid', 'update-webhook', edit);
  act('/admin/webhooks/:wid/test', 'test-webhook', test);
  act('/admin/webhooks/:wid/remove', 'delete-webhook', remove);
}

interface Seen {
  /** What was typed, and is wrong. */
  readonly form?: Form;
  readonly refused?: Refused;
  readonly tested?: Delivery;
}

const pathOf = (wid: number): string => `/admin/webhooks/${wid}`;

async function one(visit: Visit, { form, refused, tested }: Seen) {
  const wid = visit.number('wid');
  const cursor = visit.query('cursor');
  const { sql } = visit.services;
  const [webhook, sites, page] = await Promise.all([
    webhookResource(sql, wid),
    siteNames(sql, null),
    visit.api
      .GET('/api/v1/admin/webhooks/{wid}/deliveries', {
        params: { path: { wid }, query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then(have),
  ]);
  const stored: Readonly<Record<string, readonly string[]>> = {
    ...{
      name: [webhook.name],
      events: webhook.events,
      allowed_networks: [webhook.allowed_networks.join('\n')],
    },
    connections: (webhook.connections ?? []).map(String),
  };
  const of = (name: string) => (form === undefined ? (stored[name] ?? []) : form.all(name));
  const isActive = form === undefined ? webhook.is_active : form.has('is_active');
  return {
    title: `Webhook ${short(webhook.name, 80)}`,
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`<p class="crumbs"><a href="/admin/webhooks">Webhooks</a></p>${refusedBox(refused)}${tested === undefined ? '' : testBox(tested)}
${facts([
  ['Host', html`<code>${short(webhook.host, 120)}</code>`],
  ['State', state(webhook.is_active ? 'active' : 'inactive')],
  ['Made', html`${stampOf(webhook.created_at)} by ${short(webhook.created_by, 60)}`],
])}
<div class="actions">${button(visit, { action: `${pathOf(wid)}/test`, label: 'Send a test', look: 'main' })} ${button(visit, { action: `${pathOf(wid)}/remove`, label: 'Delete it', look: 'danger', about: 'with its log' })}</div>
${table({
  ...{ caption: 'What was sent, newest first', rows: page.items, empty: 'Nothing was sent to it yet.' },
  columns: [
    { head: 'Event', names: true, cell: ({ type }) => short(type, 60) },
    { head: 'Happened', cell: ({ created_at }) => stampOf(created_at) },
    { head: 'Tries', right: true, cell: ({ attempts }) => count(attempts) },
    { head: 'Last try', cell: ({ last_at }) => stampOf(last_at) },
    { head: 'Came of it', wide: true, cell: (delivery) => outcome(delivery) },
  ],
})}${pager(visit, { path: pathOf(wid), next: page.next_cursor })}
<h2>Change it</h2><form method="post" action="${pathOf(wid)}">${csrfField(visit)}
${webhookFields({ of, isNew: false, isActive, sites })}
<button class="main">Save</button></form>`,
  };
}

/** What helps, where the code alone would send people looking. */
const REMEDIES: Readonly<Record<string, string>> = {
  'webhook-address-refused':
    'It is not on a public address. If it is the right receiver, put its network into "Private networks that it may be at".',
  'webhook-refused': 'Look at what the receiver logs, and whether its address is the right one.',
};

function outcome({ delivered_at, status, error, attempts }: Delivery): Html {
  if (delivered_at !== null) return html`${state('delivered')} <span class="quiet">${status ?? ''}</span>`;
  if (attempts === 0) return html`${state('waiting')}`;
  const said = html`${state('failed', 'not taken')} ${status ?? 'no answer'} <code>${error ?? ''}</code>`;
  const todo = error === null ? undefined : REMEDIES[error];
  return todo === undefined ? said : html`${said}<br /><span class="help">${todo}</span>`;
}

const testBox = (delivery: Delivery): Html =>
  html`<div class="box ${delivery.delivered_at === null ? 'bad' : 'good'}" role="status"><p><strong>${
    delivery.delivered_at === null ? 'The test was not taken' : 'The test was taken'
  }.</strong> ${outcome(delivery)}</p></div>`;

async function edit(visit: Visit, form: Form) {
  const wid = visit.number('wid');
  try {
    const body = webhookSettings(form);
    have(await visit.api.PUT('/api/v1/admin/webhooks/{wid}', { params: { path: { wid } }, body }));
  } catch (error) {
    return await one(visit, { form, refused: spokenAgainst(error) });
  }
  return goTo(visit, pathOf(wid), 'webhook-saved');
}

async function test(visit: Visit) {
  const params = { path: { wid: visit.number('wid') } };
  return await one(visit, {
    tested: have(await visit.api.POST('/api/v1/admin/webhooks/{wid}/test', { params })),
  });
}

async function remove(visit: Visit) {
  const params = { path: { wid: visit.number('wid') } };
  done(await visit.api.DELETE('/api/v1/admin/webhooks/{wid}', { params }));
  return goTo(visit, '/admin/webhooks', 'webhook-deleted');
}
