/** Purges: patients who are taken out and never loaded again. Whom is not told; who asks types it. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { siteNames } from '../../reads/connections.ts';
import { selectPurges } from '../../reads/purges.ts';
import { button, csrfField, input, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { runLink } from '../parts/run.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { count, short, stampOf } from '../parts/text.ts';
import { have, Refused, refusalOf, refusedBox } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

type Purge = Schemas['Purge'];

export function mountPurges({ show, act }: Room): void {
  show('/admin/purges', 'list-purges', async (visit) => list(visit, {}));
  act('/admin/purges', 'start-purge', start);
  act('/admin/connections/:id/purges/:pid/lift', 'lift-purge', lift);
}

interface Seen {
  /** What was typed, and is wrong. */
  readonly form?: Form;
  readonly refused?: Refused;
}

async function list(visit: Visit, { form, refused }: Seen) {
  const typed = (name: string) => form?.text(name);
  const { connections } = visit.caller;
  const before = visit.queryId('cursor');
  const [sites, found] = await Promise.all([
    siteNames(visit.services.sql, connections),
    selectPurges(visit.services.sql, { connections, before, limit: 51 }),
  ]);
  const rows: Purge[] = found.slice(0, 50);
  return {
    title: 'Purges',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}${table({
      ...{ caption: 'Purges, newest first', rows, empty: 'Nobody was purged.', quietCaption: true },
      columns: [
        { head: 'Purge', names: true, cell: ({ purge_id }) => count(purge_id) },
        {
          head: 'Connection',
          cell: ({ connection_id: id }) =>
            html`<a href="/admin/connections/${id}">${sites.get(id) ?? id}</a>`,
        },
        { head: 'State', cell: (row) => state(row.state) },
        { head: 'Reason', cell: ({ reason }) => short(reason, 200) },
        {
          head: 'Asked for',
          cell: ({ requested_at, requested_by }) =>
            html`${stampOf(requested_at)}<br /><span class="quiet">${short(requested_by, 60)}</span>`,
        },
        {
          head: 'Resources',
          right: true,
          cell: ({ resources }) => (resources === null ? '–' : count(resources)),
        },
        {
          head: 'Run',
          cell: ({ run_id, connection_id }) => (run_id === null ? '' : runLink({ run_id, connection_id })),
        },
        {
          head: 'Do',
          cell: (row) =>
            row.state === 'done' && visit.may('lift-purge', row.connection_id)
              ? button(visit, {
                  action: `/admin/connections/${row.connection_id}/purges/${row.purge_id}/lift`,
                  label: 'Lift',
                  about: `purge ${row.purge_id}`,
                })
              : '',
        },
      ],
    })}${pager(visit, { path: '/admin/purges', next: found.length > 50 ? String(rows.at(-1)?.purge_id) : null })}
<h2>Purge a patient</h2><div class="box bad"><p>This takes out everything of the patient: rows of all tables, identities, history and kept lines. It cannot be undone.</p></div>
<form method="post" action="/admin/purges">${csrfField(visit)}
${select({ name: 'connection', label: 'Connection', value: typed('connection'), options: [...sites].map(([id, name]) => [String(id), name] as const) })}
${input({ name: 'patient_id', label: 'FHIR id of the Patient', value: typed('patient_id'), required: true })}
${input({ name: 'again', label: 'The same id again', value: typed('again'), required: true, help: 'Typed again, to say that you mean it.' })}
${input({ name: 'reason', label: 'Reason', value: typed('reason'), required: true, help: 'Kept; it must not name the patient.' })}
<button class="danger">Purge the patient</button></form>`,
  };
}

async function start(visit: Visit, form: Form) {
  const id = Number(form.text('connection') ?? 0);
  const [patient_id = '', again, reason = ''] = [
    form.text('patient_id'),
    form.text('again'),
    form.text('reason'),
  ];
  try {
    if (patient_id === '' || patient_id !== again) {
      throw new Refused(422, 'Nothing was purged', 'Expected the same id of a Patient twice.');
    }
    have(
      await visit.api.POST('/api/v1/admin/fhir-connections/{id}/purges', {
        ...{ params: { path: { id } }, body: { patient_id, reason } },
      }),
    );
  } catch (error) {
    const refused = refusalOf(error);
    if (refused.status >= 500) throw error;
    return await list(visit, { form, refused });
  }
  return goTo(visit, '/admin/purges', 'purge-started');
}

async function lift(visit: Visit) {
  const path = { id: visit.number('id'), pid: visit.number('pid') };
  have(await visit.api.DELETE('/api/v1/admin/fhir-connections/{id}/purges/{pid}', { params: { path } }));
  return goTo(visit, '/admin/purges', 'purge-lifted');
}
