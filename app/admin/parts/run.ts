/** How runs are named and listed, the same on every page. */
import { html } from 'hono/html';
import type { Schemas } from '../../../openapi/client/index.ts';
import type { Html } from '../../auth/page.ts';
import { state } from './state.ts';
import { type Column, table } from './table.ts';
import { count, duration, short, stampOf } from './text.ts';

export type Run = Schemas['Run'];

export const runPath = (run: { readonly connection_id: number; readonly run_id: number }) =>
  `/admin/connections/${run.connection_id}/runs/${run.run_id}`;

export const runLink = (run: { readonly connection_id: number; readonly run_id: number }): Html =>
  html`<a class="run" href="${runPath(run)}">run ${run.run_id}</a>`;

const KINDS: Readonly<Record<Run['kind'], string>> = {
  ...{ export: 'export', import: 'import', patient: 'some patients, by searches' },
  ...{ remap: 'mapped again', redrive: 'failures mapped again', removal: 'what vanished taken out' },
  ...{ purge: 'a patient purged', deletion: 'the connection deleted' },
};

/** "full export", "failures mapped again": what a run does. */
export const kindOf = ({ kind, mode }: Pick<Run, 'kind' | 'mode'>): string =>
  kind === 'export' || kind === 'import' ? `${mode} ${KINDS[kind]}` : KINDS[kind];

export interface RunTable {
  readonly caption: string;
  readonly runs: readonly Run[];
  readonly empty: string;
  /** Names of connections by id, where the list is of several. */
  readonly sites?: ReadonlyMap<number, string> | undefined;
}

export function runTable({ caption, runs, empty, sites }: RunTable): Html {
  const columns: Column<Run>[] = [
    { head: 'Run', names: true, cell: runLink },
    ...(sites === undefined
      ? []
      : [
          {
            head: 'Connection',
            cell: ({ connection_id: id }: Run) =>
              html`<a href="/admin/connections/${id}">${sites.get(id) ?? `connection ${id}`}</a>`,
          },
        ]),
    { head: 'State', cell: (run) => html`${state(run.status)}${why(run)}` },
    { head: 'What', cell: kindOf },
    { head: 'Asked for', cell: ({ created_at }) => stampOf(created_at) },
    { head: 'Took', right: true, cell: ({ duration_seconds }) => duration(duration_seconds) },
    { head: 'Received', right: true, cell: ({ records_extracted: n }) => count(n) },
    { head: 'Loaded', right: true, cell: ({ records_loaded: n }) => count(n) },
    { head: 'Failed', right: true, cell: ({ records_failed: n }) => count(n) },
    { head: 'Started by', cell: ({ triggered_by }) => short(triggered_by, 60) },
  ];
  return table({ caption, rows: runs, columns, empty, quietCaption: true });
}

function why({ error, held_by, retrying }: Run) {
  if (error) return html`<br /><code>${error.code}</code>`;
  if (retrying) return html`<br /><span class="quiet">trying again: <code>${retrying.code}</code></span>`;
  if (held_by.length > 0)
    return html`<br /><span class="quiet">watermark held: ${short(held_by.join(', '), 120)}</span>`;
  return '';
}
