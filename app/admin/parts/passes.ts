/** Passes of the Data Quality Dashboard's checks: how each went, and what began to fail. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Visit } from '../visit.ts';
import { failures } from './chart.ts';
import { csrfField } from './form.ts';
import { state } from './state.ts';
import { table } from './table.ts';
import { count, short, when } from './text.ts';

type Pass = Schemas['DqdPass'];

const figure =
  (name: 'failed' | 'failed_completeness' | 'failed_conformance' | 'failed_plausibility') => (one: Pass) =>
    one.counts === null ? '–' : count(one.counts[name]);

export function passesPart(visit: Visit, passes: readonly Pass[]) {
  const live = passes.some(({ ended_at }) => ended_at === null);
  return html`<h2>Data Quality Dashboard</h2>${trend(passes)}${table({
    ...{
      caption: 'The last passes of its checks, newest first, by the thresholds of today',
      rows: passes,
      empty: 'None yet.',
      quietCaption: true,
    },
    columns: [
      { head: 'Begun', names: true, cell: ({ started_at }) => when(started_at, visit.now) },
      {
        head: 'State',
        cell: (one) =>
          html`${state(one.state)}${one.state === 'running' ? html` ${count(one.tables_done)} of ${count(one.tables)} tables` : ''}${one.error ? html`<br />${short(one.error.message, 300)}` : ''}`,
      },
      { head: 'Failed', right: true, cell: figure('failed') },
      { head: 'Completeness', right: true, cell: figure('failed_completeness') },
      { head: 'Conformance', right: true, cell: figure('failed_conformance') },
      { head: 'Plausibility', right: true, cell: figure('failed_plausibility') },
      {
        head: 'Began to fail',
        right: true,
        cell: ({ counts }) => (counts === null ? '–' : count(counts.began_to_fail.length)),
      },
      {
        head: 'Mended',
        right: true,
        cell: ({ counts }) => (counts === null ? '–' : count(counts.mended.length)),
      },
    ],
  })}${visit.may('list-dqd-thresholds') ? html`<p><a href="/admin/quality/thresholds">What fails, and its thresholds</a></p>` : ''}${
    visit.may('start-dqd-pass') && !live
      ? html`<form method="post" action="/admin/quality">${csrfField(visit)}<button>Make a pass</button></form>`
      : ''
  }`;
}

/** What failed by category, the oldest pass first; one pass alone is no trend. */
function trend(passes: readonly Pass[]) {
  const columns = passes.toReversed().flatMap(({ counts, ended_at }) =>
    counts === null || ended_at === null
      ? []
      : [
          {
            name: ended_at.slice(0, 10),
            ...{ completeness: counts.failed_completeness, conformance: counts.failed_conformance },
            plausibility: counts.failed_plausibility,
          },
        ],
  );
  return columns.length < 2 ? '' : failures(columns);
}
