/** What waits for a second person: a list, and one of them with what it would do, to be approved or refused. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { APPROVAL_STATES } from '../../schemas/approval.ts';
import { button, filters, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { short, stampOf, when } from '../parts/text.ts';
import { have, type Refused, refusedBox, spokenAgainst } from '../refused.ts';
import { goTo, type Room, type Visit } from '../visit.ts';

type Approval = Schemas['Approval'];

export function mountApprovals({ show, act }: Room): void {
  show('/admin/approvals', 'list-approvals', list);
  show('/admin/approvals/:aid', 'get-approval', async (visit) => one(visit));
  act('/admin/approvals/:aid/approve', 'approve-request', approve);
  act('/admin/approvals/:aid/refuse', 'refuse-request', refuse);
}

const pathOf = ({ approval_id }: Approval) => `/admin/approvals/${approval_id}`;
const words = (operation: string) => operation.replaceAll('-', ' ');

async function list(visit: Visit) {
  const asked = APPROVAL_STATES.find((one) => one === visit.query('state'));
  const cursor = visit.query('cursor');
  const page = have(
    await visit.api.GET('/api/v1/admin/approvals', {
      params: {
        query: {
          limit: 50,
          ...(asked === undefined ? {} : { state: asked }),
          ...(cursor === undefined ? {} : { cursor }),
        },
      },
    }),
  );
  const { needs } = visit.services.config.secondPerson ?? { needs: new Set<string>() };
  return {
    title: 'Approvals',
    body: html`<p class="quiet">${
      needs.size === 0
        ? html`Nothing needs a second person here: <code>REQUIRE_SECOND_PERSON</code> is not set.`
        : `Another admin than the one who asked decides about: ${[...needs].join(', ')}.`
    }</p>${filters('/admin/approvals', [
      select({
        ...{ name: 'state', label: 'State', value: asked },
        options: [['', 'All'], ...APPROVAL_STATES.map((of) => [of, of] as const)],
      }),
    ])}${table({
      ...{ caption: 'What was asked for, newest first', rows: page.items, quietCaption: true },
      empty: asked === undefined ? 'Nothing was ever asked for.' : 'None is in this state.',
      columns: [
        {
          ...{ head: 'Approval', names: true },
          cell: (row) => html`<a href="${pathOf(row)}">${row.approval_id}: ${words(row.operation)}</a>`,
        },
        { head: 'State', cell: (row) => state(row.state) },
        { head: 'Of', cell: ({ object }) => html`<code>${short(object, 80)}</code>` },
        {
          head: 'Asked for',
          cell: ({ requested_at, requested_by }) =>
            html`${stampOf(requested_at)}<br /><span class="quiet">${short(requested_by, 80)}</span>`,
        },
        {
          head: 'Until, or decided by',
          cell: ({ state: of, expires_at, decided_by }) =>
            of === 'pending' ? when(expires_at, visit.now) : short(decided_by ?? '–', 80),
        },
      ],
    })}${pager(visit, { path: '/admin/approvals', next: page.next_cursor })}`,
  };
}

async function one(visit: Visit, refused?: Refused) {
  const aid = visit.number('aid');
  const found = have(await visit.api.GET('/api/v1/admin/approvals/{aid}', { params: { path: { aid } } }));
  const waits = found.state === 'pending';
  const would = Object.entries(found.shown).map(
    ([name, value]) => [words(name).replaceAll('_', ' '), html`<code>${shown(value)}</code>`] as const,
  );
  return {
    title: `Approval ${aid}: ${words(found.operation)}`,
    at: '/admin/approvals',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}${facts([
      ['State', state(found.state)],
      ['Acts on', html`<code>${short(found.object, 100)}</code>`],
      ['Connection', html`<a href="/admin/connections/${found.connection_id}">${found.connection_id}</a>`],
      ['Asked for by', short(found.requested_by, 100)],
      ['Asked for', when(found.requested_at, visit.now)],
      waits ? ['Until', when(found.expires_at, visit.now)] : undefined,
      found.decided_by === null ? undefined : ['Decided by', short(found.decided_by, 100)],
      found.decided_at === null ? undefined : ['Decided', when(found.decided_at, visit.now)],
      found.result === null ? undefined : ['Came of it', html`<code>${short(found.result, 100)}</code>`],
    ])}<h2>What ${waits ? 'would be' : 'was to be'} done</h2>${facts([
      ...would,
      found.patient_id === null ? undefined : ['Patient', html`<code>${short(found.patient_id, 200)}</code>`],
    ])}
${
  waits
    ? html`<div class="actions">${button(visit, { action: `/admin/approvals/${aid}/approve`, label: 'Approve, which does it', look: 'danger' })}${button(visit, { action: `/admin/approvals/${aid}/refuse`, label: 'Refuse' })}</div>
<p class="quiet">Whoever asked cannot approve, and may take it back by refusing.</p>`
    : ''
}`,
  };
}

const shown = (value: unknown): string =>
  short(typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'), 1000);

async function approve(visit: Visit) {
  const params = { path: { aid: visit.number('aid') } };
  return await decided(visit, 'approved', async () =>
    have(await visit.api.POST('/api/v1/admin/approvals/{aid}/approve', { params })),
  );
}

async function refuse(visit: Visit) {
  const params = { path: { aid: visit.number('aid') } };
  return await decided(visit, 'request-refused', async () =>
    have(await visit.api.POST('/api/v1/admin/approvals/{aid}/refuse', { params })),
  );
}

/** Stays on the page with what spoke against it: who asked themselves, or came too late. */
async function decided(visit: Visit, said: string, decide: () => Promise<Approval>) {
  try {
    return goTo(visit, pathOf(await decide()), said);
  } catch (error) {
    return await one(visit, spokenAgainst(error));
  }
}
