/** The record: who did what, newest first, with filters; and whether somebody changed it. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { csrfField, filters, input, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { count, short, stampOf } from '../parts/text.ts';
import { have, type Refused, refusedBox, spokenAgainst } from '../refused.ts';
import type { Form, Room, Visit } from '../visit.ts';

const OUTCOMES = ['done', 'refused', 'failed'] as const;

export function mountAudit({ show, act }: Room): void {
  show('/admin/audit', 'list-audit', async (visit) => auditPage(visit, {}));
  act('/admin/audit', 'verify-audit', verify);
}

interface Seen {
  readonly verified?: Schemas['AuditVerification'];
  /** What was typed to verify the record. */
  readonly form?: Form;
  readonly refused?: Refused;
}

async function auditPage(visit: Visit, { verified, form, refused }: Seen) {
  const outcome = OUTCOMES.find((one) => one === visit.query('outcome'));
  const asked = Object.fromEntries(
    (['actor', 'action', 'object', 'cursor'] as const)
      .map((name) => [name, visit.query(name)] as const)
      .filter(([, value]) => value !== undefined),
  );
  const page = have(
    await visit.api.GET('/api/v1/admin/audit', {
      params: {
        query: { limit: 50, ...asked, ...daysOf(visit), ...(outcome === undefined ? {} : { outcome }) },
      },
    }),
  );
  return {
    title: 'Audit',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}${verified === undefined ? '' : verdict(verified)}${filters(
      '/admin/audit',
      [
        input({ name: 'actor', label: 'Who', value: visit.query('actor') }),
        input({ name: 'action', label: 'Action', value: visit.query('action'), placeholder: 'connection' }),
        input({ name: 'object', label: 'Object', value: visit.query('object'), placeholder: 'connection/7' }),
        input({ name: 'since', label: 'From', type: 'date', value: visit.query('since') }),
        input({ name: 'until', label: 'To', type: 'date', value: visit.query('until') }),
        select({
          name: 'outcome',
          label: 'Outcome',
          value: outcome,
          options: [['', 'All'], ...OUTCOMES.map((one) => [one, one] as const)],
        }),
      ],
    )}${table({
      ...{ caption: 'Events, newest first', rows: page.items, empty: 'No event fits.' },
      columns: [
        { head: 'When', names: true, cell: ({ at }) => stampOf(at) },
        {
          head: 'Who',
          cell: ({ actor, role }) =>
            html`${short(actor, 80)}${role === null ? '' : html` <span class="quiet">(${role})</span>`}`,
        },
        { head: 'Action', cell: ({ action }) => html`<code>${action}</code>` },
        { head: 'Object', cell: ({ object }) => html`<code>${short(object, 80)}</code>` },
        { head: 'Outcome', cell: (event) => state(event.outcome) },
        { head: 'From', cell: ({ address }) => address ?? '' },
        { head: 'What', cell: changed },
      ],
    })}${pager(visit, { path: '/admin/audit', next: page.next_cursor })}
<h2>Whether somebody changed it</h2><form method="post" action="/admin/audit">${csrfField(visit)}
${input({ name: 'anchor', label: 'Anchor', value: form?.text('anchor'), help: 'audit_anchor as the log has it, from any earlier time. Without one a cut end is not found.' })}<button>Verify the record</button></form>`,
  };
}

/** Whole days in UTC, as times on the page are; what is no day is left to the API to refuse. */
function daysOf(visit: Visit): { since?: string; until?: string } {
  const [since, until] = [visit.query('since'), visit.query('until')];
  return {
    ...(since ? { since: `${since}T00:00:00Z` } : {}),
    ...(until ? { until: dayAfter(until) } : {}),
  };
}

function dayAfter(day: string): string {
  const begin = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(begin) ? day : new Date(begin + 86_400_000).toISOString();
}

function changed({ before, after, details }: Schemas['AuditEvent']) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const shown = (value: unknown) => (value === undefined ? '–' : short(JSON.stringify(value) ?? '–', 200));
  const changes = names.map(
    (name) =>
      html`<li><code>${name}</code> <del>${shown(before?.[name])}</del> <ins>${shown(after?.[name])}</ins></li>`,
  );
  const more = Object.entries(details ?? {}).map(
    ([name, value]) => html`<li><code>${name}</code> ${shown(value)}</li>`,
  );
  if (changes.length + more.length === 0) return '';
  return html`<details><summary>${changes.length + more.length === 1 ? '1 detail' : `${count(changes.length + more.length)} details`}</summary><ul>${changes}${more}</ul></details>`;
}

function verdict({ intact, seals, faults, anchor }: Schemas['AuditVerification']) {
  return html`<div class="box ${intact ? 'good' : 'bad'}" role="status"><p><strong>${intact ? 'The record is intact' : 'The record was changed'}</strong>: ${count(seals)} seals were checked. Keep this anchor elsewhere for the next time: <code>${anchor}</code></p>${
    faults.length === 0
      ? ''
      : html`<ul>${faults.slice(0, 50).map(({ code, message, event_id }) => html`<li><code>${code}</code> ${message}${event_id === null ? '' : ` Event ${event_id}.`}</li>`)}</ul>`
  }</div>`;
}

async function verify(visit: Visit, form: Form) {
  const anchor = form.text('anchor');
  try {
    const verified = have(
      await visit.api.GET('/api/v1/admin/audit/verification', {
        params: { query: anchor === undefined ? {} : { anchor } },
      }),
    );
    return await auditPage(visit, { form, verified });
  } catch (error) {
    return await auditPage(visit, { form, refused: spokenAgainst(error) });
  }
}
