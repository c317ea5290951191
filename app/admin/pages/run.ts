/** One run: where it is, what became of every resource, and what can be done. A live one refreshes itself. */

import { html } from 'hono/html';
import { hasEnded } from '../../../jobs/step/run-status.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { fragment } from '../layout.ts';
import { hydration, searches } from '../parts/asked.ts';
import { figuresOf } from '../parts/connection.ts';
import { button } from '../parts/form.ts';
import { lifecycle } from '../parts/lifecycle.ts';
import { address } from '../parts/pager.ts';
import { reasonCell } from '../parts/reason.ts';
import { kindOf, runPath } from '../parts/run.ts';
import { state } from '../parts/state.ts';
import { type Column, facts, table } from '../parts/table.ts';
import { bytes, count, duration, percent, short, stampOf, when } from '../parts/text.ts';
import { have } from '../refused.ts';
import { goTo, type Room, type Visit } from '../visit.ts';

type Run = Schemas['RunDetail'];

/** More files than these are counted, not listed: failed ones first. */
const FILES = 100;

export function mountRun({ show, act }: Room): void {
  show('/admin/connections/:id/runs/:rid', 'get-sync-run', runPage);
  show('/admin/connections/:id/runs/:rid/live', 'get-sync-run', livePart);
  act('/admin/connections/:id/runs/:rid/cancel', 'cancel-sync-run', cancel);
  act('/admin/connections/:id/runs/:rid/retry', 'retry-sync-run', retry);
}

async function readRun(visit: Visit): Promise<Run> {
  const path = { id: visit.number('id'), rid: visit.number('rid') };
  return have(
    await visit.api.GET('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}', { params: { path } }),
  );
}

async function runPage(visit: Visit) {
  const run = await readRun(visit);
  const { connection_id: id } = run;
  const figures = await figuresOf(visit);
  const live = !hasEnded(run.status);
  const isLast = figures.recent[0]?.run_id === run.run_id;
  return {
    title: `Run ${run.run_id}`,
    live,
    body: html`<p class="crumbs"><a href="/admin/connections/${id}">${figures.site_name}</a> / <a href="/admin/connections/${id}/runs">Runs</a></p>
<div class="actions">
${live && visit.may('cancel-sync-run', id) ? button(visit, { action: `${runPath(run)}/cancel`, label: 'Cancel the run', look: 'danger' }) : ''}
${run.status === 'failed' && isLast && visit.may('retry-sync-run', id) ? button(visit, { action: `${runPath(run)}/retry`, label: 'Retry from its checkpoint', look: 'main' }) : ''}
${live ? html`<a class="button" href="${runPath(run)}">Refresh</a><button type="button" data-pause aria-pressed="false" data-script hidden>Pause refreshing</button>` : ''}
</div>
${live && !figures.workers.running ? html`<div class="box warn"><p><strong>No worker runs</strong>, so this waits. Start one: <code>npm start</code>, or <code>npm run work</code>.</p></div>` : ''}
${live ? html`<div hx-get="${runPath(run)}/live" hx-trigger="every 2s" hx-swap="innerMorph">${inside(visit, run)}</div>` : inside(visit, run)}`,
  };
}

/** When the run has ended, the page is loaded again: it has other buttons then. */
async function livePart(visit: Visit) {
  const run = await readRun(visit);
  if (hasEnded(run.status)) visit.c.header('hx-refresh', 'true');
  return await fragment(visit, inside(visit, run));
}

function inside(visit: Visit, run: Run) {
  return html`${lifecycle(run)}${trouble(visit, run)}${about(visit, run)}${progress(run)}${searches(run, visit.now)}
<h2>What became of every resource</h2>${account(run)}${byType(visit, run)}
<h2>Why not loaded</h2>${byReason(visit, run)}
<h2>Rows by table</h2>${byTable(run)}
${hydration(run)}${notices(run)}${files(run)}`;
}

function trouble(visit: Visit, run: Run) {
  const { error, retrying, held_by } = run;
  return html`${
    error
      ? html`<div class="box bad"><p><strong>It failed</strong>${error.step === null ? '' : html` in the step <code>${error.step}</code>`} with <code>${error.code}</code>.</p><p>${short(error.message ?? '', 1500)}</p></div>`
      : ''
  }${
    retrying
      ? html`<div class="box warn"><p><strong>Trying again</strong>: step <code>${retrying.step}</code> failed with <code>${retrying.code}</code> (${count(retrying.attempt)} ${noun(retrying.attempt, 'try', 'tries')}); next ${when(retrying.next_at, visit.now)}.</p><p>${short(retrying.message, 1500)}</p></div>`
      : ''
  }${
    held_by.length > 0
      ? html`<div class="box warn"><p><strong>The watermark did not move</strong>, so the next sync asks for the same again. Held by: ${short(held_by.join(', '), 300)}.</p></div>`
      : ''
  }`;
}

function about(visit: Visit, run: Run) {
  return facts([
    ['State', state(run.status)],
    ['What', kindOf(run)],
    ['Started by', short(run.triggered_by, 200)],
    ['Asked for', when(run.created_at, visit.now)],
    [
      'Waited before it began',
      run.started_at === null ? '–' : duration(between(run.created_at, run.started_at)),
    ],
    [
      'Worked',
      run.started_at === null
        ? '–'
        : duration(between(run.started_at, run.finished_at ?? visit.now.toISOString())),
    ],
    ['Ended', run.finished_at === null ? 'not yet' : when(run.finished_at, visit.now)],
    ['Asked for what changed since', run.since ?? 'the beginning'],
    ['Data as of', run.transaction_time ?? '–'],
  ]);
}

const between = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;

function progress(run: Run) {
  if (hasEnded(run.status) || run.status === 'pending') return '';
  if (run.status === 'exporting') {
    return html`<p class="box">The EHR prepares the export${run.export_progress === null ? '' : html`; it says: <q>${short(run.export_progress, 200)}</q>`}. ${
      run.next_poll_at === null ? '' : html`Asked again at ${stampOf(run.next_poll_at)}.`
    }</p>`;
  }
  const left = run.crawl === null ? byLines(run) : bySearches(run.crawl);
  const doneFiles = run.files.filter(({ state: of }) => of === 'done').length;
  const rate = run.duration_seconds > 0 ? run.records_extracted / run.duration_seconds : 0;
  const pace = [
    run.files.length > 0 && run.crawl === null
      ? `${count(doneFiles)} of ${count(run.files.length)} ${noun(run.files.length, 'file')}`
      : '',
    `${count(run.records_extracted)} ${noun(run.records_extracted, 'resource')} mapped`,
    `${count(Math.round(rate))} resources a second`,
    left.seconds === undefined ? '' : `about ${duration(left.seconds)} left`,
  ];
  const most = Math.max(1, left.all);
  return html`<div class="box"><p><label for="mapped">${left.label}</label>
<progress id="mapped" max="${most}" value="${Math.min(left.done, most)}"></progress></p>
<p>${pace.filter(Boolean).join(' · ')}</p></div>`;
}

interface Left {
  readonly label: string;
  readonly done: number;
  readonly all: number;
  readonly seconds?: number | undefined;
}

function byLines(run: Run): Left {
  const outputs = run.files.filter(({ kind }) => kind === 'output' || kind === 'hydrated');
  const lines = outputs.reduce((sum, file) => sum + file.lines, 0);
  const expected = outputs.reduce((sum, file) => sum + (file.expected_count ?? file.lines), 0);
  const [done, all] = [run.records_extracted + run.records_redriven, Math.max(expected, lines)];
  const rate = run.duration_seconds > 0 ? done / run.duration_seconds : 0;
  return {
    label: `${count(done)} of ${expected > lines ? 'about ' : ''}${count(all)} ${noun(all, 'resource')} mapped`,
    ...{ done, all, seconds: rate > 0 && all > done ? (all - done) / rate : undefined },
  };
}

function bySearches({ searches: all, searches_done: done }: NonNullable<Run['crawl']>): Left {
  return {
    label: all === 0 ? 'The searches are being planned' : `${count(done)} of ${count(all)} searches done`,
    ...{ done, all },
  };
}

/** extracted + redriven = unchanged + loaded + excluded + failed + parked, as a sum that a person can add up. */
function account(run: Run) {
  const parts = [
    ['unchanged', run.records_skipped],
    ['loaded', run.records_loaded],
    ['excluded', run.records_excluded],
    ['failed', run.records_failed],
    ['parked', run.records_parked],
  ] as const;
  const right = parts.reduce((sum, [, value]) => sum + value, 0);
  const left = run.records_extracted + run.records_redriven;
  return html`<p class="sum"><span><b>${count(run.records_extracted)}</b> received</span>${
    run.records_redriven > 0 ? html`<span>+ <b>${count(run.records_redriven)}</b> taken up again</span>` : ''
  }<span>=</span>${parts.map(([name, value], index) => html`<span>${index === 0 ? '' : '+ '}<b>${count(value)}</b> ${name}</span>`)}<span>${
    left === right ? state('ok', 'adds up') : state('failed', `does not add up: ${count(right)}`)
  }</span></p>
<p class="quiet">${count(run.records_written)} ${noun(run.records_written, 'row')} written · ${count(run.records_removed)} ${noun(run.records_removed, 'resource')} removed · ${percent(run.mapping_coverage)} of the loaded mapped to Standard concepts</p>`;
}

type TypeRow = Run['by_type'][number];

function byType(visit: Visit, run: Run) {
  const figure = (of: Exclude<keyof TypeRow, 'resource_type'>, head: string = of): Column<TypeRow> => ({
    ...{ head, right: true },
    cell: (row) => {
      if (row[of] === 0) return html`<span class="quiet">0</span>`;
      const kind =
        of === 'failed' ? 'failed' : of === 'parked' ? 'parked' : of === 'excluded' ? 'excluded' : undefined;
      if (kind === undefined || !visit.may('list-failures', run.connection_id)) return count(row[of]);
      return html`<a href="${address(`/admin/connections/${run.connection_id}/not-loaded`, { kind, resource_type: row.resource_type })}">${count(row[of])}</a>`;
    },
  });
  return table({
    ...{ caption: 'Resources by type and outcome', rows: run.by_type, empty: 'Nothing has come yet.' },
    columns: [
      { head: 'Type', names: true, cell: ({ resource_type }) => resource_type },
      ...[
        figure('extracted', 'received'),
        figure('redriven', 'taken up'),
        figure('unchanged'),
        figure('loaded'),
      ],
      ...[figure('mapped', 'of them mapped'), figure('excluded'), figure('failed'), figure('parked')],
    ],
  });
}

function byTable(run: Run) {
  return table({
    ...{ caption: 'Rows by CDM table', rows: run.by_table, empty: 'No row was written.', quietCaption: true },
    columns: [
      { head: 'Table', names: true, cell: ({ table_name }) => html`<code>${table_name}</code>` },
      { head: 'Written', right: true, cell: ({ written }) => count(written) },
      { head: 'Deleted', right: true, cell: ({ deleted }) => count(deleted) },
    ],
  });
}

const KINDS: Readonly<Record<string, string>> = { failed: 'failed', excluded: 'excluded', parked: 'parked' };

function byReason(visit: Visit, run: Run) {
  const { connection_id: id } = run;
  const mayList = visit.may('list-failures', id);
  // Each reason is explained once, where it stands first.
  const told = new Set<string>();
  return table({
    ...{ caption: 'Resources by reason', rows: run.by_reason.slice(0, 100), quietCaption: true },
    empty: run.records_extracted === 0 ? 'Nothing has come.' : 'Everything that came was loaded.',
    columns: [
      {
        ...{ head: 'Reason', names: true },
        cell: ({ outcome, reason, resource_type }) => {
          const kind = KINDS[outcome];
          if (kind === undefined || !mayList) return reasonCell(reason, undefined, told);
          const filter = { kind, resource_type, reason: kind === 'parked' ? undefined : reason };
          return reasonCell(reason, address(`/admin/connections/${id}/not-loaded`, filter), told);
        },
      },
      { head: 'Type', cell: ({ resource_type }) => resource_type },
      { head: 'Outcome', cell: ({ outcome }) => (outcome === 'loaded' ? 'loaded without a part' : outcome) },
      { head: 'Resources', right: true, cell: ({ resources }) => count(resources) },
    ],
  });
}

function notices(run: Run) {
  if (run.notices.length === 0) return '';
  return html`<h2>Notices</h2>${table({
    ...{ caption: 'What a person should know of the run', rows: run.notices, empty: '', quietCaption: true },
    columns: [
      {
        head: 'What',
        names: true,
        cell: ({ code, subject }) => html`<code>${code}</code> ${short(subject, 100)}`,
      },
      { head: 'How many', right: true, cell: ({ amount }) => count(amount) },
      { head: 'Message', wide: true, cell: ({ message }) => short(message, 600) },
    ],
  })}`;
}

const FILES_OF: Readonly<Record<string, string>> = {
  import: 'Files that are read',
  patient: 'What the searches brought',
};

function files(run: Run) {
  // Work on what is stored has none.
  if (run.files.length === 0 && !['export', 'import', 'patient'].includes(run.kind)) return '';
  const sorted = [...run.files].sort(
    (a, b) => Number(b.state === 'failed') - Number(a.state === 'failed') || a.file_no - b.file_no,
  );
  const more = sorted.length - FILES;
  return html`<h2>Files</h2>${table({
    ...{
      caption: FILES_OF[run.kind] ?? 'Files of the export',
      rows: sorted.slice(0, FILES),
      empty: 'No file is known yet.',
      quietCaption: true,
    },
    columns: [
      { head: 'File', names: true, cell: ({ file_no }) => count(file_no) },
      { head: 'Type', cell: ({ kind, type }) => (kind === 'output' ? (type ?? '–') : kind) },
      {
        head: 'State',
        cell: (file) =>
          html`${state(file.state)}${file.error ? html`<br /><code>${file.error.code}</code> ${short(file.error.message, 300)}` : ''}`,
      },
      {
        head: 'Lines',
        right: true,
        cell: ({ lines, expected_count }) =>
          html`${count(lines)}${expected_count === null ? '' : html` <span class="quiet">of ${count(expected_count)}</span>`}`,
      },
      { head: 'Size', right: true, cell: ({ bytes: size }) => bytes(size) },
      { head: 'Complete', cell: ({ finished_at }) => stampOf(finished_at) },
    ],
  })}${more > 0 ? html`<p class="quiet">And ${count(more)} more ${noun(more, 'file')}.</p>` : ''}`;
}

async function cancel(visit: Visit) {
  const path = { id: visit.number('id'), rid: visit.number('rid') };
  const run = have(
    await visit.api.POST('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/cancel', { params: { path } }),
  );
  return goTo(visit, runPath(run), 'cancelled');
}

async function retry(visit: Visit) {
  const path = { id: visit.number('id'), rid: visit.number('rid') };
  const run = have(
    await visit.api.POST('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/retry', { params: { path } }),
  );
  return goTo(visit, runPath(run), 'retried');
}
