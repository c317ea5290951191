/**
 * Finds what is odd about a run, compared with the median of the runs before it. We use medians, since one
 * bad run must neither hide the next nor raise an alert for each of the ten after it. Small numbers are
 * ignored, since any share of a few records looks odd.
 */

import { noun } from '../../sql/noun.ts';
import type { ALERT_KINDS, INSTALLATION_ALERT_KINDS } from '../connection/settings/alerts.ts';
import type { AlertSettings } from '../connection/sync-config.ts';
import type { FigureName, Figures } from './figures.ts';

export type AlertKind = (typeof ALERT_KINDS)[number];

export interface Finding {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly message: string;
  readonly measured: number | null;
  readonly expected: number | null;
}

/** Of no connection. */
export interface InstallationFinding extends Pick<Finding, 'subject' | 'message' | 'measured'> {
  readonly kind: (typeof INSTALLATION_ALERT_KINDS)[number];
}

export function judge(own: Figures, before: readonly Figures[], settings: AlertSettings): Finding[] {
  if (before.length < settings.min_runs) return [];
  return [
    ...unmappedJumps(own, before, settings),
    ...farVolumes(own, before, settings, 'extracted', 'type'),
    ...farVolumes(own, before, settings, 'written', 'table'),
    ...longRun(own.get('seconds'), before, settings),
  ];
}

/** This also judges runs that are still live. */
export function longRun(seconds: number, before: readonly Figures[], settings: AlertSettings): Finding[] {
  if (before.length < settings.min_runs) return [];
  const expected = median(before.map((run) => run.get('seconds')));
  const limit = Math.max(expected * settings.duration_factor, settings.duration_minutes * 60);
  if (seconds <= limit) return [];
  const message = `The run takes ${Math.round(seconds)} s; the last ${before.length} took ${Math.round(expected)} s (median).`;
  return [{ kind: 'run-long', subject: '', message, measured: seconds, expected }];
}

function unmappedJumps(own: Figures, all: readonly Figures[], settings: AlertSettings): Finding[] {
  const before = all.filter((run) => run.get('loaded') >= settings.min_records);
  if (own.get('loaded') < settings.min_records || before.length < settings.min_runs) return [];
  const share = (run: Figures, figure: FigureName, subject: string) =>
    (100 * run.get(figure, subject)) / run.get('loaded');
  const jump = (figure: FigureName, subject: string): Finding[] => {
    const measured = round(share(own, figure, subject));
    const expected = round(median(before.map((run) => share(run, figure, subject))));
    if (measured - expected <= settings.unmapped_points) return [];
    const of = subject === '' ? '' : ` for a code of ${subject}`;
    const message = `${measured} % of the loaded resources have no Standard concept${of}; in the last ${before.length} ${noun(before.length, 'run')} it was ${expected} % (median).`;
    return [{ kind: 'unmapped-jump', subject, message, measured, expected }];
  };
  return [
    ...jump('unmapped', ''),
    ...own.subjects('unmapped-of-system').flatMap((system) => jump('unmapped-of-system', system)),
  ];
}

function farVolumes(
  own: Figures,
  before: readonly Figures[],
  settings: AlertSettings,
  figure: 'extracted' | 'written',
  word: string,
): Finding[] {
  const subjects = new Set([own, ...before].flatMap((run) => run.subjects(figure)));
  return [...subjects].sort().flatMap((subject): Finding[] => {
    const measured = own.get(figure, subject);
    const expected = median(before.map((run) => run.get(figure, subject)));
    const [less, more] = measured < expected ? [measured, expected] : [expected, measured];
    if (more < settings.min_records || more <= less * settings.volume_factor) return [];
    const what =
      figure === 'extracted'
        ? `${subject} ${noun(measured, 'resource was', 'resources were')} received`
        : `${noun(measured, 'row')} of ${subject} ${noun(measured, 'was', 'were')} written`;
    const message = `${measured} ${what}; in the last ${before.length} ${noun(before.length, 'run')} it was ${expected} (median).`;
    return [{ kind: 'volume-far', subject: `${word}/${subject}`, message, measured, expected }];
  });
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}
