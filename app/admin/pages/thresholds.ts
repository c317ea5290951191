/** Thresholds of the Data Quality Dashboard's checks: what fails, from how many percent on, who set that, and why. */
import { html } from 'hono/html';
import { type DqdCheck, selectDqdChecks } from '../../reads/dqd-checks.ts';
import { ThresholdPlaceSchema } from '../../reads/dqd-thresholds.ts';
import { cursorOf, placeIn } from '../../schemas/page.ts';
import { area, button, csrfField, filters, input, select } from '../parts/form.ts';
import { pager } from '../parts/pager.ts';
import { state } from '../parts/state.ts';
import { facts, table } from '../parts/table.ts';
import { breakable, count, percent, short, stampOf } from '../parts/text.ts';
import { done, have, Refused, refusedBox, spokenAgainst } from '../refused.ts';
import { type Form, goTo, type Room, type Visit } from '../visit.ts';

const LIST = '/admin/quality/thresholds';
const PAGE = 50;

export function mountThresholds({ show, act }: Room): void {
  show(LIST, 'list-dqd-thresholds', list);
  show(`${LIST}/:check`, 'list-dqd-thresholds', async (visit) => one(visit));
  act(`${LIST}/:check`, 'set-dqd-threshold', set);
  act(`${LIST}/:check/reset`, 'remove-dqd-threshold', reset);
}

const pathOf = (check_id: string): string => `${LIST}/${encodeURIComponent(check_id)}`;

async function list(visit: Visit) {
  const which = visit.query('show') === 'set' ? 'set' : 'failing';
  const [after] = placeIn(visit.query('cursor'), ThresholdPlaceSchema) ?? [];
  const rows = await selectDqdChecks(visit.services.sql, { show: which }, { after, limit: PAGE + 1 });
  const checks = rows.slice(0, PAGE);
  const last = checks.at(-1);
  const next = rows.length > PAGE && last ? cursorOf([last.check_id]) : null;
  return {
    title: 'Thresholds',
    body: html`<p class="crumbs"><a href="/admin/quality">Quality</a></p><p class="quiet">A check of the Data Quality Dashboard fails where more rows violate it than its threshold allows. What is set here counts at once, also for passes made before.</p>${filters(
      LIST,
      [
        select({
          name: 'show',
          label: 'Checks',
          value: which === 'set' ? 'set' : '',
          options: [
            ['', 'Those that fail in the last pass'],
            ['set', 'Those whose threshold was set here'],
          ],
        }),
      ],
    )}${table({
      caption: which === 'set' ? 'Thresholds that were set here' : 'Checks that fail in the last pass',
      rows: checks,
      empty: which === 'set' ? 'None was set.' : 'None fails in the last pass, or none was made yet.',
      columns: [
        {
          head: 'Check',
          names: true,
          cell: ({ check_id, description }) =>
            html`<a href="${pathOf(check_id)}">${breakable(short(check_id, 120))}</a><br /><span class="help">${short(description ?? 'The last pass has no such check.', 300)}</span>`,
        },
        { head: 'Result', cell: result },
        { head: 'Violated', right: true, cell: violated },
        { head: 'Share', right: true, cell: (row) => percent(row.percent) },
        { head: 'Allowed', right: true, cell: (row) => percent(row.threshold ?? row.default_threshold) },
        { head: 'Set', wide: true, cell: setBy },
      ],
    })}${pager(visit, { path: LIST, next })}`,
  };
}

const result = ({ status }: DqdCheck) =>
  status === null ? '–' : state(status === 'pass' ? 'passed' : status === 'fail' ? 'failed' : status);

const violated = ({ violated: rows, total }: DqdCheck) =>
  rows === null || total === null ? '–' : html`${count(rows)} <span class="quiet">of ${count(total)}</span>`;

/** Who set the threshold, when and why. */
function setBy({ threshold, changed_by, changed_at, note }: DqdCheck) {
  if (threshold === null || changed_by === null)
    return html`<span class="quiet">as the Dashboard has it</span>`;
  return html`${stampOf(changed_at?.toISOString() ?? null)} by ${short(changed_by, 60)}<br />${short(note ?? '', 300)}`;
}

/** `form` holds what was typed and refused. */
async function one(visit: Visit, form?: Form, refused?: Refused) {
  const [check] = await selectDqdChecks(visit.services.sql, { check_id: visit.param('check') }, { limit: 1 });
  if (!check) throw new Refused(404, 'No such check', 'Neither the last pass nor a threshold is about it.');
  const { check_id, threshold, default_threshold } = check;
  const stored: Readonly<Record<string, string>> = {
    threshold: String(threshold ?? default_threshold ?? ''),
    note: check.note ?? '',
  };
  const of = (name: string) => (form ? form.text(name) : stored[name]);
  return {
    title: `Threshold of ${short(check_id, 120)}`,
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`<p class="crumbs"><a href="/admin/quality">Quality</a> / <a href="${LIST}">Thresholds</a></p>${refusedBox(refused)}${facts(
      [
        ['What counts as a violation', short(check.description ?? 'The last pass has no such check.', 500)],
        [
          'Where',
          html`<code>${[check.table_name, check.field_name].filter(Boolean).join('.') || '–'}</code>`,
        ],
        ['Result', result(check)],
        ['Violated', violated(check)],
        ['Share', percent(check.percent)],
        ['Allowed by the Dashboard', percent(default_threshold)],
        ['Set', setBy(check)],
      ],
    )}${
      visit.may('set-dqd-threshold')
        ? html`<form method="post" action="${pathOf(check_id)}">${csrfField(visit)}
${input({ name: 'threshold', label: 'Allowed, in percent', value: of('threshold'), required: true, help: '0 to 100. The check fails where a greater share of the rows violates it.' })}
${area({ name: 'note', label: 'Why', value: of('note'), required: true, help: 'It is shown with the result, and in the file of results.' })}
<button class="main">Set it</button> <a href="${LIST}">Leave it</a></form>`
        : ''
    }${
      visit.may('remove-dqd-threshold') && threshold !== null
        ? html`<div class="actions">${button(visit, { action: `${pathOf(check_id)}/reset`, label: 'Take the threshold of the Dashboard again' })}</div>`
        : ''
    }`,
  };
}

async function set(visit: Visit, form: Form) {
  const check_id = visit.param('check');
  const typed = form.text('threshold') ?? '';
  try {
    if (!/^\d{1,3}(\.\d{1,10})?$/.test(typed))
      throw new Refused(400, 'No percentage', 'Expected a number from 0 to 100, such as 2.5.');
    have(
      await visit.api.PUT('/api/v1/admin/quality/dqd/thresholds/{check_id}', {
        params: { path: { check_id } },
        body: { threshold: Number(typed), note: form.text('note') ?? '' },
      }),
    );
  } catch (error) {
    return await one(visit, form, spokenAgainst(error));
  }
  return goTo(visit, LIST, 'threshold-set');
}

async function reset(visit: Visit) {
  const path = { check_id: visit.param('check') };
  done(await visit.api.DELETE('/api/v1/admin/quality/dqd/thresholds/{check_id}', { params: { path } }));
  return goTo(visit, LIST, 'threshold-reset');
}
