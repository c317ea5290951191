/** Full exports that were compared with what is stored; what vanished is taken out when a person confirms it. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { siteNames } from '../../reads/connections.ts';
import { selectReconciliations } from '../../reads/reconciliations.ts';
import { csrfField, input } from '../parts/form.ts';
import { address, pager } from '../parts/pager.ts';
import { runLink, runPath } from '../parts/run.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { count, percent, short, stampOf, when } from '../parts/text.ts';
import { have, Refused, refusedBox, spokenAgainst } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

type Reconciliation = Schemas['Reconciliation'];

export function mountReconciliations({ show, act }: Room): void {
  show('/admin/reconciliations', 'list-reconciliations', list);
  show('/admin/connections/:id/reconciliations/:rid', 'get-reconciliation', async (visit) => one(visit));
  act('/admin/connections/:id/reconciliations/:rid/confirm', 'confirm-reconciliation', confirm);
}

const pathOf = ({ connection_id, run_id }: Pick<Reconciliation, 'connection_id' | 'run_id'>) =>
  `/admin/connections/${connection_id}/reconciliations/${run_id}`;

async function list(visit: Visit) {
  const { sql } = visit.services;
  const { connections } = visit.caller;
  const before = visit.queryId('cursor');
  const [sites, found] = await Promise.all([
    siteNames(sql, connections),
    selectReconciliations(sql, { connections, before, limit: 51 }),
  ]);
  const rows = found.slice(0, 50);
  return {
    title: 'Reconciliations',
    body: html`<p class="quiet">For servers that do not say what was deleted: a full export is compared with what is stored. Started from the page of a connection.</p>${table(
      {
        ...{ caption: 'Reconciliations, newest first', rows, empty: 'None yet.', quietCaption: true },
        columns: [
          {
            head: 'Compared',
            names: true,
            cell: (row) => html`<a href="${pathOf(row)}">${stampOf(row.compared_at)}</a>`,
          },
          {
            head: 'Connection',
            cell: ({ connection_id: id }) =>
              html`<a href="/admin/connections/${id}">${sites.get(id) ?? id}</a>`,
          },
          { head: 'State', cell: (row) => state(row.state) },
          { head: 'Stored', right: true, cell: ({ stored }) => count(stored) },
          {
            head: 'Vanished',
            right: true,
            cell: ({ vanished, vanished_percent }) =>
              html`${count(vanished)} <span class="quiet">${percent(vanished_percent)}</span>`,
          },
          { head: 'Run', cell: runLink },
        ],
      },
    )}${pager(visit, { path: '/admin/reconciliations', next: found.length > 50 ? String(rows.at(-1)?.run_id) : null })}`,
  };
}

async function one(visit: Visit, refused?: Refused) {
  const path = { id: visit.number('id'), rid: visit.number('rid') };
  const row = have(
    await visit.api.GET('/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}', { params: { path } }),
  );
  const cursor = visit.query('cursor');
  const vanished = visit.may('list-vanished', path.id)
    ? have(
        await visit.api.GET('/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/vanished', {
          params: { path, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
        }),
      )
    : undefined;
  const mayConfirm = row.state === 'to-confirm' && visit.may('confirm-reconciliation', path.id);
  return {
    title: `Reconciliation of run ${row.run_id}`,
    at: '/admin/reconciliations',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}
${facts([
  ['State', state(row.state)],
  ['Compared', when(row.compared_at, visit.now)],
  ['Run', runLink(row)],
  ['Types', short(row.types.join(', '), 400) || '–'],
  ['Stored of which nothing came', short(row.types_missing.join(', '), 400) || 'none'],
  ['Stored', count(row.stored)],
  ['Vanished', html`${count(row.vanished)} <span class="quiet">${percent(row.vanished_percent)}</span>`],
  ['Removed', count(row.removed)],
  row.confirmed_by === null ? undefined : ['Confirmed by', short(row.confirmed_by, 80)],
])}
${row.obstacles.length === 0 ? '' : html`<p class="box bad">Nothing may be removed: ${row.obstacles.join(', ')}.</p>`}
${row.doubts.length === 0 ? '' : html`<p class="box warn">Doubtful: ${row.doubts.join(', ')}.</p>`}
${mayConfirm ? confirmForm(visit, row) : ''}
${
  vanished === undefined
    ? ''
    : html`<h2>What vanished</h2>${table({
        ...{
          caption: 'Resources that the export did not hold',
          rows: vanished.items,
          empty: 'Nothing.',
          quietCaption: true,
        },
        columns: [
          {
            head: 'Resource',
            names: true,
            cell: ({ resource_type, fhir_id }) =>
              html`<a href="${address('/admin/lineage', { resource: `${resource_type}/${fhir_id}` })}">${resource_type}/<code>${short(fhir_id, 100)}</code></a>`,
          },
          { head: 'Removed', cell: ({ removed }) => (removed ? 'yes, or it came again' : 'no') },
        ],
      })}${pager(visit, { path: pathOf(row), next: vanished.next_cursor })}`
}`,
  };
}

function confirmForm(visit: Visit, row: Reconciliation) {
  return html`<form method="post" action="${pathOf(row)}/confirm" class="box warn">${csrfField(visit)}
<p>This takes the rows of ${count(row.vanished)} ${noun(row.vanished, 'resource')} out of the CDM, as if the server had sent deletions.</p>
${input({ name: 'vanished', label: 'How many vanished', help: `Type ${row.vanished} to say that you mean it.`, required: true })}
${row.doubts.length === 0 ? '' : html`<div class="field"><label class="choice"><input type="checkbox" name="override" value="yes" /><span>Remove them in spite of the doubts</span></label></div>`}
<button class="danger">Take them out</button></form>`;
}

async function confirm(visit: Visit, form: Form) {
  const path = { id: visit.number('id'), rid: visit.number('rid') };
  try {
    const vanished = Number(form.text('vanished')?.replaceAll(',', '') ?? Number.NaN);
    if (!Number.isInteger(vanished))
      throw new Refused(422, 'Nothing was removed', 'Expected the number of vanished resources.');
    const started = have(
      await visit.api.POST('/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/confirm', {
        ...{ params: { path }, body: { vanished, override: form.has('override') } },
      }),
    );
    return goTo(visit, runPath({ connection_id: path.id, run_id: started.run_id }), 'reconcile-confirmed');
  } catch (error) {
    return await one(visit, spokenAgainst(error));
  }
}
