/** Quality checks: what fails first, and how the assessments went one after the other. */
import { html } from 'hono/html';
import { failingSince, type QualityResult, selectAssessments, selectQuality } from '../../reads/quality.ts';
import { spark } from '../parts/chart.ts';
import { filters, select } from '../parts/form.ts';
import { passesPart } from '../parts/passes.ts';
import { runLink } from '../parts/run.ts';
import { state } from '../parts/state.ts';
import { table } from '../parts/table.ts';
import { breakable, count, percent, short, stampOf } from '../parts/text.ts';
import { have, type Refused, refusalOf, refusedBox } from '../refused.ts';
import { goTo, type Room, type Visit } from '../visit.ts';

export function mountQuality({ show, act }: Room): void {
  show('/admin/quality', 'get-dashboard', async (visit) => quality(visit));
  act('/admin/quality', 'start-dqd-pass', startPass);
}

async function startPass(visit: Visit) {
  try {
    have(await visit.api.POST('/api/v1/admin/quality/dqd/passes', {}));
  } catch (error) {
    const refused = refusalOf(error);
    if (refused.status >= 500) throw error;
    return await quality(visit, refused);
  }
  return goTo(visit, '/admin/quality', 'pass-started');
}

const PASSES = 12;

async function readPasses(visit: Visit) {
  const query = { limit: PASSES };
  return have(await visit.api.GET('/api/v1/admin/quality/dqd/passes', { params: { query } })).items;
}

async function quality(visit: Visit, refused?: Refused) {
  const failing = visit.query('show') !== 'all';
  const { connections } = visit.caller;
  const [passes, results, assessments] = await Promise.all([
    visit.may('list-dqd-passes') ? readPasses(visit) : undefined,
    selectQuality(visit.services.sql, { connections, failing }),
    selectAssessments(visit.services.sql, connections),
  ]);
  return {
    title: 'Quality',
    ...(refused === undefined ? {} : { status: refused.status }),
    body: html`${refusedBox(refused)}<p class="quiet">After a run the checks look at the persons that it touched. At everyone: <code>npm run cli -- quality</code> on the server.</p>${filters(
      '/admin/quality',
      [
        select({
          name: 'show',
          label: 'Checks',
          value: failing ? '' : 'all',
          options: [
            ['', 'Those that fail'],
            ['all', 'All'],
          ],
        }),
      ],
    )}${table({
      ...{ caption: 'Checks of the latest assessments, what fails first', rows: results },
      empty:
        assessments.length === 0
          ? html`Nothing was assessed yet. On the server: <code>npm run cli -- quality</code>`
          : 'Every check of the latest assessments passes.',
      columns: [
        {
          head: 'Check',
          names: true,
          cell: ({ name, description, table_name, field_name }) =>
            html`${name}<br /><code>${breakable([table_name, field_name].filter(Boolean).join('.'))}</code><br /><span class="help">${short(description, 300)}</span>`,
        },
        { head: 'Of', cell: ({ site_key, scope }) => site_key ?? scope },
        {
          head: 'Result',
          cell: (row) => html`${state(row.passed ? 'passed' : 'failed')}${since(row)}`,
        },
        { head: 'Trend', cell: ({ history }) => trend(history) },
        {
          head: 'Violated',
          right: true,
          cell: ({ violated, total }) =>
            html`${count(violated)} <span class="quiet">of ${count(total)}</span>`,
        },
        { head: 'Share', right: true, cell: (row) => percent(row.percent) },
        { head: 'Allowed', right: true, cell: ({ threshold }) => percent(threshold) },
      ],
    })}<h2>Assessments</h2>${table({
      ...{
        caption: 'The last assessments, newest first',
        rows: assessments,
        empty: 'None yet.',
        quietCaption: true,
      },
      columns: [
        { head: 'When', names: true, cell: ({ assessed_at }) => stampOf(assessed_at.toISOString()) },
        { head: 'Of', cell: ({ site_key, scope }) => site_key ?? scope },
        {
          head: 'Run',
          cell: ({ run_id, connection_id }) =>
            run_id === null || connection_id === null ? '' : runLink({ run_id, connection_id }),
        },
        { head: 'Persons', right: true, cell: ({ persons }) => count(persons) },
        { head: 'Passed', right: true, cell: ({ passed }) => count(passed) },
        { head: 'Failed', right: true, cell: ({ failed }) => count(failed) },
      ],
    })}${passes === undefined ? '' : passesPart(visit, passes)}`,
  };
}

function since(row: QualityResult) {
  const began = row.passed ? undefined : failingSince(row);
  if (began === undefined) return '';
  return html`<br /><span class="quiet">since ${stampOf(began.at)}${began.atLeast ? ' or longer' : ''}</span>`;
}

/** Violated rows in percent, one column an assessment; the words say the same. */
function trend(history: QualityResult['history']) {
  if (history.length < 2) return html`<span class="quiet">one assessment</span>`;
  const failed = history.filter(({ passed }) => !passed).length;
  const columns = history.map(({ percent: value, passed }) => ({ value: value ?? 0, failed: !passed }));
  return html`${spark(columns)}<span class="quiet">failed ${failed} of ${history.length}</span>`;
}
