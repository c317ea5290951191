/**
 * Follows a run until it ends, through the API's client: one line that changes on a terminal; elsewhere one a
 * change and one a minute.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { oneLine } from '../../jobs/step/clean.ts';
import { hasEnded } from '../../jobs/step/run-status.ts';
import { type ApiClient, must, type Schemas } from '../../openapi/client/index.ts';
import { noun } from '../../sql/noun.ts';

export type Run = Schemas['RunDetail'];

/** Where nobody sees a line change, one is written when the state changes, and one a minute. */
export const LINE_EVERY_MS = 60_000;
const ELSEWHERE_MS = 1000;

export interface Watching {
  readonly out?: NodeJS.WriteStream;
  /** Ends the watching, and nothing else. */
  readonly signal?: AbortSignal;
  /** A server elsewhere is asked less often than the database here. */
  readonly isElsewhere?: boolean;
}

export async function watchRun(
  api: ApiClient,
  run: { readonly connection_id: number; readonly run_id: number },
  { out = process.stdout, signal, isElsewhere = false }: Watching = {},
): Promise<Run> {
  let shown = '';
  let written = Number.NEGATIVE_INFINITY;
  const sign = (run: Run) => `${run.status} ${run.retrying?.failed_at ?? ''}`;
  for (;;) {
    const data = must(
      await api.GET('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}', {
        params: { path: { id: run.connection_id, rid: run.run_id } },
      }),
    );
    const line = oneLine(progressLine(data));
    if (out.isTTY) {
      out.write(`\r\x1b[2K${line.slice(0, (out.columns ?? 100) - 1)}`);
    } else if (sign(data) !== shown || performance.now() - written > LINE_EVERY_MS) {
      out.write(`${line}\n`);
      written = performance.now();
    }
    shown = sign(data);
    if (hasEnded(data.status)) {
      if (out.isTTY) out.write('\n');
      return data;
    }
    await wait(isElsewhere ? ELSEWHERE_MS : out.isTTY ? 150 : 300, undefined, signal ? { signal } : {});
  }
}

export function progressLine(run: Run): string {
  const files = run.files.filter((file) => file.state === 'done').length;
  const parts = [`run ${run.run_id}`, run.status.padEnd(11)];
  if (run.retrying) parts.push(retryText(run.retrying));
  else if (run.status === 'exporting') {
    parts.push(run.export_progress ? `the server says: ${run.export_progress}` : 'waiting for the server');
    if (run.next_poll_at) parts.push(`next poll ${run.next_poll_at.slice(11, 19)}Z`);
  }
  if (run.files.length > 0) parts.push(`files ${files}/${run.files.length}`);
  if (run.records_extracted > 0) {
    parts.push(
      `${bar(run)} ${number(run.records_extracted)} ${noun(run.records_extracted, 'resource')}, ${number(run.records_written)} ${noun(run.records_written, 'row')}`,
    );
  }
  parts.push(`${run.duration_seconds.toFixed(1)} s`);
  return parts.join(' · ');
}

/** Why it does not get on, and when it is tried again. */
export function retryText({ step, attempt, code, message, next_at }: NonNullable<Run['retrying']>): string {
  const next = Date.parse(next_at) > Date.now() ? `next ${next_at.slice(11, 19)}Z` : 'being tried again';
  return `try ${attempt} of ${step} failed (${code}), ${next}: ${message}`;
}

/** Of the resources that are here, how many are mapped. Other lines (deletions, errors, blank ones) are none. */
function bar(run: Run): string {
  const data = run.files.filter(({ kind }) => kind === 'output' || kind === 'hydrated');
  const lines = data.reduce((sum, file) => sum + file.lines, 0);
  const share = lines === 0 ? 0 : Math.min(1, run.records_extracted / lines);
  const done = run.status === 'completed' ? 1 : share;
  const full = Math.round(done * 20);
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)}`;
}

/** The account of a finished run, in one line. */
export function accountLine(run: Run): string {
  const { records_extracted: extracted, records_redriven: redriven } = run;
  const sum =
    run.records_skipped + run.records_loaded + run.records_excluded + run.records_failed + run.records_parked;
  return (
    `${number(extracted)} extracted${redriven ? ` + ${number(redriven)} re-driven` : ''} = ` +
    `${number(run.records_skipped)} unchanged + ${number(run.records_loaded)} loaded + ${number(run.records_excluded)} excluded + ` +
    `${number(run.records_failed)} failed + ${number(run.records_parked)} parked  ${sum === extracted + redriven ? '✓' : '✗ DOES NOT ADD UP'}`
  );
}

export const number = (value: number) => value.toLocaleString('en-US');
