/** Where a run is: its stages, which differ by kind, with waiting for the EHR told apart from work. */

import { html } from 'hono/html';
import { hasEnded } from '../../../jobs/step/run-status.ts';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { state } from './state.ts';

type Run = Schemas['RunDetail'];

interface Stage {
  readonly label: string;
  /** What is done while the run is at it. */
  readonly note: string;
  readonly status: Run['status'];
  /** Whether a run that has failed or was cancelled had come to its end. */
  readonly isDone: (run: Run) => boolean;
}

const QUEUED: Stage = {
  ...{ label: 'Queued', note: 'It waits for a worker.', status: 'pending' },
  // A run that failed in its first step has not begun by its own clock, and was waiting no more.
  isDone: ({ started_at, error }) => started_at !== null || (error?.step ?? null) !== null,
};
const EXPORT: Stage = {
  ...{ label: 'Export', note: 'waiting for the EHR', status: 'exporting' },
  isDone: ({ files }) => files.length > 0,
};
const areHere: Stage['isDone'] = ({ files }) =>
  files.length > 0 && files.every(({ state: of }) => of === 'done' || of === 'failed');
const DOWNLOAD: Stage = {
  ...{ label: 'Download', note: 'Files come in; what is here is mapped.', status: 'downloading' },
  isDone: areHere,
};
const READING: Stage = {
  ...{ label: 'Reading', note: 'Files are read; what was read is mapped.', status: 'downloading' },
  isDone: areHere,
};
const SEARCHES: Stage = {
  ...{ label: 'Searches', note: 'The EHR is asked; what came is mapped.', status: 'downloading' },
  isDone: ({ crawl }) => crawl !== null && crawl.searches > 0 && crawl.searches_done === crawl.searches,
};
const never: Stage['isDone'] = () => false;
const MAPPING: Stage = {
  ...{ label: 'Mapping', note: 'All is here.', status: 'processing', isDone: never },
};
const WORKING: Stage = {
  ...{
    label: 'Working',
    note: 'On what is stored; the EHR is not asked.',
    status: 'processing',
    isDone: never,
  },
};

function stagesOf({ kind, crawl }: Run): readonly Stage[] {
  if (crawl !== null || kind === 'patient') return [QUEUED, SEARCHES, MAPPING];
  if (kind === 'export') return [QUEUED, EXPORT, DOWNLOAD, MAPPING];
  return kind === 'import' ? [QUEUED, READING, MAPPING] : [QUEUED, WORKING];
}

export function lifecycle(run: Run): Html {
  const stages = stagesOf(run);
  const isLive = !hasEnded(run.status);
  // A status that the kind has no stage for lasts a moment, before the first that it has.
  const at = isLive
    ? Math.max(
        0,
        stages.findIndex(({ status }) => status === run.status),
      )
    : stages.length;
  const isPast = (index: number): boolean =>
    isLive ? index < at : run.status === 'completed' || (stages[index]?.isDone(run) ?? false);
  const shown = stages.map(({ label, note }, index) => {
    const past = isPast(index);
    const broken = run.status === 'failed' && !past && (index === 0 || isPast(index - 1));
    const look = past ? 'past' : index === at ? 'here' : broken ? 'broken' : '';
    const words = past
      ? '✓ done'
      : index === at
        ? note
        : isLive
          ? 'to come'
          : broken
            ? '✕ failed here'
            : 'not reached';
    return html`<li class="${look}"${index === at ? html` aria-current="step"` : ''}><strong>${label}</strong><br /><span class="quiet">${words}</span></li>`;
  });
  const end = isLive ? html`<span class="quiet">to come</span>` : state(run.status);
  return html`<ol class="steps" aria-label="Stages">${shown}<li class="${isLive ? '' : run.status === 'completed' ? 'past' : 'broken'}"><strong>End</strong><br />${end}</li></ol>`;
}
