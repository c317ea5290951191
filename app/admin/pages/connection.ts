/** One connection: how it is doing, its test, and what can be started. */

import { html } from 'hono/html';
import { intervalText } from '../../../jobs/connection/interval-text.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { layoutInParts } from '../layout.ts';
import { type Figures, figuresOf, managed, tabs } from '../parts/connection.ts';
import { button, csrfField, input } from '../parts/form.ts';
import { healthOf, todoOf } from '../parts/health.ts';
import { runLink, runPath, runTable } from '../parts/run.ts';
import { facts, table } from '../parts/table.ts';
import { testStep } from '../parts/test-steps.ts';
import { count, percent, short, when } from '../parts/text.ts';
import { done, have, Refused, refusalOf, refusedBox, spokenAgainst } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

type Resource = Schemas['Connection'];

export function mountConnection({ show, act }: Room): void {
  show('/admin/connections/:id', 'get-dashboard', status);
  show('/admin/connections/:id/delete', 'delete-fhir-connection', askDeletion);
  act('/admin/connections/:id/delete', 'delete-fhir-connection', remove);
  act('/admin/connections/:id/test', 'test-fhir-connection', test);
  act('/admin/connections/:id/sync', 'start-sync', sync);
  act('/admin/connections/:id/patient', 'sync-patients', syncPatient);
  act('/admin/connections/:id/reconcile', 'start-reconciliation', reconcile);
  act('/admin/connections/:id/active', 'update-fhir-connection', setActive);
}

interface Seen {
  /** Of the form of one patient: what was typed, and is wrong. */
  readonly patient?: string;
  readonly refused?: Refused;
}

async function status(visit: Visit, seen: Seen = {}) {
  const figures = await figuresOf(visit);
  const { connection_id: id, site_name } = figures;
  const resource = visit.may('get-fhir-connection', id) ? await resourceOf(visit, id) : undefined;
  return {
    title: site_name,
    ...(seen.refused === undefined ? {} : { status: seen.refused.status }),
    body: html`${tabs(visit, id, 'status')}${refusedBox(seen.refused)}${actions(visit, figures, resource)}${await statusBody(visit, figures, resource, seen.patient)}`,
  };
}

/** Nothing is wrong with a connection that is new or was paused. */
const BOXES: Readonly<Record<string, string>> = { degraded: 'warn', paused: 'warn', 'never-synced': '' };

async function statusBody(visit: Visit, figures: Figures, resource: Resource | undefined, patient?: string) {
  return html`${resource ? managed(resource) : ''}${figures.reasons.length === 0 ? '' : html`<div class="box ${BOXES[figures.health] ?? 'bad'}">${todoOf(figures, 10)}${whatFailed(visit, figures)}</div>`}
${live(figures)}${current(visit, figures, resource)}
${resource ? await schedule(visit, resource) : ''}
${resource ? onePatient(visit, figures, resource, patient) : ''}
<h2>Last runs</h2>${runTable({ caption: 'The last runs, newest first', runs: figures.recent, empty: 'It was never synced.' })}
${notices(figures)}`;
}

/** The reasons speak to whoever reads SQL too; here is the page that they mean. */
function whatFailed(visit: Visit, { connection_id: id, records_failed_open: open }: Figures) {
  if (open === 0 || !visit.may('list-failures', id)) return '';
  return html`<p><a href="/admin/connections/${id}/not-loaded">What was not loaded, and why: ${count(open)}</a></p>`;
}

/** Beside an export too: it moves no watermark. */
function onePatient(
  visit: Visit,
  { connection_id: id, is_active }: Figures,
  resource: Resource,
  typed: string | undefined,
) {
  if (resource.fhir_base_url === null || !is_active || !visit.may('sync-patients', id)) return '';
  return html`<details${typed === undefined ? '' : html` open`}><summary>Sync one patient</summary><form method="post" action="/admin/connections/${id}/patient">${csrfField(visit)}
${input({ name: 'patient', label: 'Patient', value: typed, required: true, help: 'FHIR id, or a business identifier as system|value. Everything that the server has of the patient now comes by searches; it may run beside an export, and moves no watermark.' })}
<button>Sync this patient</button></form></details>`;
}

async function resourceOf(visit: Visit, id: number): Promise<Resource> {
  return have(await visit.api.GET('/api/v1/admin/fhir-connections/{id}', { params: { path: { id } } }));
}

function actions(visit: Visit, { connection_id: id, is_active }: Figures, resource: Resource | undefined) {
  const base = `/admin/connections/${id}`;
  const hasServer = resource !== undefined && resource.fhir_base_url !== null;
  return html`<div class="actions">
${hasServer && visit.may('test-fhir-connection', id) ? button(visit, { action: `${base}/test`, label: 'Test connection' }) : ''}
${hasServer && is_active && visit.may('start-sync', id) ? html`${button(visit, { action: `${base}/sync`, label: 'Sync now', look: 'main' })}${button(visit, { action: `${base}/sync`, label: 'Full sync', fields: { full: 'yes' } })}` : ''}
${hasServer && is_active && visit.may('start-reconciliation', id) ? button(visit, { action: `${base}/reconcile`, label: 'Reconcile' }) : ''}
${visit.may('update-fhir-connection', id) && resource?.managed_by === null ? button(visit, { action: `${base}/active`, label: is_active ? 'Pause' : 'Resume', fields: { active: is_active ? 'no' : 'yes' } }) : ''}
</div>`;
}

function live({ connection_id, live_run_id, workers }: Figures) {
  if (live_run_id === null) return '';
  return html`<p class="box">${runLink({ connection_id, run_id: live_run_id })} is under way.${
    workers.running
      ? ''
      : html` <strong>No worker runs</strong>, so it waits: start one with <code>npm start</code> or <code>npm run work</code>.`
  }</p>`;
}

function current(visit: Visit, figures: Figures, resource: Resource | undefined) {
  return facts([
    ['Health', healthOf(figures.health)],
    [
      'Data as of (watermark)',
      html`${when(figures.watermark, visit.now)}${figures.watermark === null ? ' · the next sync is a full one' : ''}`,
    ],
    ['Last completed', when(figures.last_success_at, visit.now)],
    [
      'Runs in 30 days',
      html`${count(figures.runs_30d)} <span class="quiet">(${count(figures.failed_30d)} failed)</span>`,
    ],
    ['Mapped to Standard concepts', percent(figures.mapping_coverage)],
    [
      'Failures that are open',
      visit.may('list-failures', figures.connection_id)
        ? html`<a href="/admin/connections/${figures.connection_id}/not-loaded">${count(figures.records_failed_open)}</a>`
        : count(figures.records_failed_open),
    ],
    ['Parked', count(figures.parked_open)],
    resource && [
      'FHIR server',
      resource.fhir_base_url === null ? 'none: exports come as files' : short(resource.fhir_base_url, 200),
    ],
    resource && ['Credentials', credentials(resource)],
  ]);
}

function credentials({ has_private_key, has_client_secret, credentials_cleared }: Resource): string {
  if (credentials_cleared.length > 0)
    return `cleared, since ${credentials_cleared.join(', ')} changed: enter them again`;
  if (has_private_key) return 'a private key is stored';
  return has_client_secret ? 'a client secret is stored' : 'none yet';
}

async function schedule(visit: Visit, { connection_id: id, sync_config, is_active }: Resource) {
  const { schedule: set } = sync_config;
  if (!set)
    return html`<h2>Schedule</h2><p class="quiet">None: syncs are started by hand, or by a call of the API.</p>`;
  const zone = set.timezone ?? 'UTC';
  const { next } = have(
    await visit.api.GET('/api/v1/admin/fhir-connections/{id}/schedule', { params: { path: { id } } }),
  );
  const when =
    set.cron === undefined ? html`${intervalText(set.every_seconds ?? 0)}` : html`<code>${set.cron}</code>`;
  const more = [
    ...(set.blackouts ?? []).map(
      ({ from, to, days }) => `nothing from ${from} to ${to}${days ? ` (${days.join(', ')})` : ''}`,
    ),
    ...(set.jitter_minutes
      ? [`up to ${set.jitter_minutes} ${noun(set.jitter_minutes, 'minute')} later`]
      : []),
    ...(set.run_on_startup ? ['also when workers start'] : []),
  ].map((words) => `, ${words}`);
  return html`<h2>Schedule</h2><p>${when} in ${zone}${more}${is_active ? '. The next five times there:' : ', paused.'}</p>
<ol>${next.map((time) => html`<li><time datetime="${time}">${inZone(new Date(time), zone)}</time></li>`)}</ol>`;
}

/** The wall-clock time in the zone. */
export function inZone(time: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', weekday: 'short', timeZoneName: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).format(time);
}

function notices({ notices: all }: Figures) {
  if (all.length === 0) return '';
  return html`<h2>Notices</h2>${table({
    ...{ caption: 'What the last runs noticed', rows: all, empty: '', quietCaption: true },
    columns: [
      {
        head: 'What',
        names: true,
        cell: ({ code, subject }) => html`<code>${code}</code> ${short(subject, 80)}`,
      },
      { head: 'How many', right: true, cell: ({ amount }) => count(amount) },
      { head: 'Message', wide: true, cell: ({ message }) => short(message, 400) },
    ],
  })}`;
}

/** Its steps are shown when they end: a server that does not answer is waited for. */
async function test(visit: Visit) {
  const figures = await figuresOf(visit);
  const id = figures.connection_id;
  const resource = await resourceOf(visit, id);
  return await layoutInParts(visit, { title: figures.site_name }, async (send) => {
    await send(html`${tabs(visit, id, 'status')}${actions(visit, figures, resource)}
<section class="box" aria-labelledby="test"><h2 id="test">Test of the connection</h2><ol>`);
    const sent: Promise<void>[] = [];
    const api = visit.apiTelling((step) => void sent.push(send(testStep(step))));
    const tested = await api
      .POST('/api/v1/admin/fhir-connections/{id}/test', { params: { path: { id } } })
      .then(have)
      .catch(refusalOf);
    await Promise.all(sent);
    await send(
      html`</ol>${tested instanceof Refused ? refusedBox(tested) : verdict(visit, id, tested)}</section>`,
    );
    await send(html`${await statusBody(visit, figures, resource)}`);
  });
}

const VERDICTS = {
  ok: ['good', 'The connection works.'],
  warning: ['warn', 'The connection works, with a warning.'],
  failed: ['bad', 'The connection does not work yet.'],
} as const;

function verdict(
  visit: Visit,
  id: number,
  { status: worst, total_ms, server_version }: Schemas['ConnectionTest'],
) {
  const [tone, says] = VERDICTS[worst];
  return html`<div class="box ${tone}" role="status"><p><strong>${says}</strong> <span class="quiet">${count(total_ms)} ms in all${server_version === null ? '' : ` · ${short(server_version, 100)}`}</span></p>${
    worst === 'failed' && visit.may('update-fhir-connection', id)
      ? html`<p><a href="/admin/connections/${id}/settings">Change the settings</a> or <a href="/admin/connections/${id}/keys">the keys</a></p>`
      : ''
  }</div>`;
}

async function sync(visit: Visit, form: Form) {
  const id = visit.number('id');
  const started = have(
    await visit.api.POST('/api/v1/admin/fhir-connections/{id}/sync', {
      ...{ params: { path: { id } }, body: { force_full: form.has('full') } },
    }),
  );
  return goTo(visit, runPath({ connection_id: id, run_id: started.run_id }), 'sync-started');
}

async function syncPatient(visit: Visit, form: Form) {
  const id = visit.number('id');
  const patient = form.text('patient') ?? '';
  try {
    const started = have(
      await visit.api.POST('/api/v1/admin/fhir-connections/{id}/patients/sync', {
        params: { path: { id } },
        body: patient.includes('|') ? { identifier: patient } : { patient_id: patient },
      }),
    );
    return goTo(visit, runPath({ connection_id: id, run_id: started.run_id }), 'sync-started');
  } catch (error) {
    return await status(visit, { patient, refused: spokenAgainst(error) });
  }
}

async function reconcile(visit: Visit) {
  const id = visit.number('id');
  const started = have(
    await visit.api.POST('/api/v1/admin/fhir-connections/{id}/reconcile', { params: { path: { id } } }),
  );
  return goTo(visit, runPath({ connection_id: id, run_id: started.run_id }), 'reconcile-started');
}

async function setActive(visit: Visit, form: Form) {
  const id = visit.number('id');
  const is_active = form.text('active') === 'yes';
  have(
    await visit.api.PUT('/api/v1/admin/fhir-connections/{id}', {
      params: { path: { id } },
      body: { is_active },
    }),
  );
  return goTo(visit, `/admin/connections/${id}`, is_active ? 'resumed' : 'paused');
}

async function askDeletion(visit: Visit) {
  const id = visit.number('id');
  return deletionPage(visit, await resourceOf(visit, id), undefined);
}

function deletionPage(
  visit: Visit,
  { connection_id: id, site_key, site_name }: Resource,
  error: string | undefined,
) {
  return {
    title: `Delete ${site_name}`,
    ...(error === undefined ? {} : { status: 422 as const }),
    body: html`<div class="box bad"><p>This deletes the connection with everything that it loaded into the CDM, its runs and its keys. It cannot be undone.</p></div>
<form method="post" action="/admin/connections/${id}/delete">${csrfField(visit)}
${input({ name: 'site_key', label: 'Site key of the connection', help: html`Type <code>${site_key}</code> to say that you mean it.`, error, required: true })}
<button class="danger">Delete the connection</button> <a href="/admin/connections/${id}/settings">Keep it</a></form>`,
  };
}

async function remove(visit: Visit, form: Form) {
  const id = visit.number('id');
  const resource = await resourceOf(visit, id);
  const typed = form.text('site_key');
  if (typed !== resource.site_key) return deletionPage(visit, resource, 'This is not its site key.');
  const answer = await visit.api.DELETE('/api/v1/admin/fhir-connections/{id}', {
    params: { path: { id }, query: { force: 'true' } },
  });
  done(answer);
  return goTo(visit, '/admin/connections', answer.response.status === 204 ? 'deleted' : 'deletion-started');
}
