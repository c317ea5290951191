/** Tokens of programs: list, make one (shown once), revoke. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { ROLES } from '../../caller.ts';
import { siteNames } from '../../reads/connections.ts';
import { button, csrfField, input, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { shownOnce } from '../parts/shown-once.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { short, stampOf, when } from '../parts/text.ts';
import { connectionChoices, connectionsOf } from '../parts/webhook.ts';
import { have, Refused, refusalOf, refusedBox } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

/** Of a token that expires at all: some ten years. */
const MOST_DAYS = 3660;

export function mountTokens({ show, act }: Room): void {
  show('/admin/tokens', 'list-api-tokens', async (visit) => tokensPage(visit, {}));
  act('/admin/tokens', 'create-api-token', make);
  act('/admin/tokens/:tid/revoke', 'revoke-api-token', revoke);
}

interface Seen {
  /** The token that was made. */
  readonly made?: string;
  /** What was typed, and is wrong. */
  readonly form?: Form;
  readonly refused?: Refused;
}

async function tokensPage(visit: Visit, { made, form, refused }: Seen) {
  const cursor = visit.query('cursor');
  const [sites, page] = await Promise.all([
    siteNames(visit.services.sql, null),
    visit.api
      .GET('/api/v1/admin/tokens', {
        params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
      })
      .then(have),
  ]);
  const typed = (name: string, before = '') => (form === undefined ? before : form.text(name));
  return {
    title: 'Tokens',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${made === undefined ? '' : shownOnce('Token', 'The token, stored nowhere.', made)}${refusedBox(refused)}${table(
      {
        ...{ caption: 'Tokens, newest first', rows: page.items, empty: 'None was made yet.' },
        columns: [
          { head: 'For', names: true, cell: ({ note }) => short(note, 120) },
          { head: 'Begins with', cell: ({ prefix }) => html`<code>${prefix}</code>` },
          { head: 'Role', cell: ({ role }) => role },
          {
            head: 'Connections',
            cell: ({ connections }) =>
              connections === null
                ? 'all'
                : short(connections.map((id) => sites.get(id) ?? `${id} (deleted)`).join(', ')),
          },
          { head: 'State', cell: (token) => state(stateOf(token, visit.now)) },
          {
            head: 'Made',
            cell: ({ created_at, created_by }) =>
              html`${stampOf(created_at)}<br /><span class="quiet">${short(created_by, 60)}</span>`,
          },
          { head: 'Used last', cell: ({ last_used_at }) => when(last_used_at, visit.now) },
          {
            head: 'Until',
            cell: ({ expires_at }) => (expires_at === null ? 'revoked' : stampOf(expires_at)),
          },
          {
            head: 'Do',
            cell: (token) =>
              token.revoked_at !== null
                ? ''
                : button(visit, {
                    action: `/admin/tokens/${token.token_id}/revoke`,
                    label: 'Revoke',
                    look: 'danger',
                    about: token.note,
                  }),
          },
        ],
      },
    )}${pager(visit, { path: '/admin/tokens', next: page.next_cursor })}
<h2>Make one</h2><form method="post" action="/admin/tokens">${csrfField(visit)}
${input({ name: 'note', label: 'What it is for', value: typed('note'), required: true, help: 'Recorded as the name of the caller; no secret.' })}
${select({ name: 'role', label: 'Role', value: typed('role', 'viewer'), options: ROLES.map((role) => [role, role] as const) })}
${input({ name: 'days', label: 'Days until it expires', type: 'number', value: typed('days', '365'), help: 'Empty: never.' })}
${connectionChoices({ of: (name) => form?.all(name) ?? [], sites, help: 'None ticked: all, also those that are made later.' })}
<button class="main">Make the token</button></form>`,
  };
}

function stateOf({ revoked_at, expires_at }: Schemas['ApiToken'], now: Date): string {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && Date.parse(expires_at) <= now.getTime() ? 'expired' : 'in-force';
}

/** A slip must not make a token that never expires. @throws Refused 422 where it is no number of days. */
function daysOf(form: Form): number | undefined {
  const text = form.text('days');
  if (text === undefined) return undefined;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new Refused(
    422,
    'No token was made',
    `Expected whole days from 1 to ${MOST_DAYS} until it expires, or nothing; got ${short(text, 40)}.`,
  );
}

function roleOf(form: Form) {
  const role = ROLES.find((one) => one === form.text('role'));
  if (role !== undefined) return role;
  throw new Refused(422, 'No token was made', `Expected a role: ${ROLES.join(', ')}.`);
}

async function make(visit: Visit, form: Form) {
  try {
    const days = daysOf(form);
    const role = roleOf(form);
    const connections = connectionsOf(form);
    const made = have(
      await visit.api.POST('/api/v1/admin/tokens', {
        body: {
          ...{ note: form.text('note') ?? '', role },
          ...(connections === null ? {} : { connections }),
          ...(days === undefined
            ? {}
            : { expires_at: new Date(visit.now.getTime() + days * 86_400_000).toISOString() }),
        },
      }),
    );
    return await tokensPage(visit, { made: made.token });
  } catch (error) {
    const refused = refusalOf(error);
    // A connection that was deleted meanwhile is a 404, and no reason to lose what was typed.
    if (refused.status >= 500) throw error;
    return await tokensPage(visit, { form, refused });
  }
}

async function revoke(visit: Visit) {
  have(
    await visit.api.DELETE('/api/v1/admin/tokens/{tid}', { params: { path: { tid: visit.number('tid') } } }),
  );
  return goTo(visit, '/admin/tokens', 'token-revoked');
}
