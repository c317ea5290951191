/** The frame of every Observation; vital signs, laboratory and surveys fill it. */

import type { Resource } from '../../../jobs/map/types.ts';
import { type CodeableConcept, hl7 } from '../codes.ts';
import type { Random } from '../random.ts';
import { type Chart, link, subject, type Visit } from './chart.ts';
import { dateTime, instant, MINUTE } from './time.ts';

export type Content = Readonly<Record<string, unknown>>;

export function observation(
  chart: Chart,
  visit: Visit,
  at: number,
  category: 'vital-signs' | 'laboratory' | 'social-history' | 'survey' | 'exam',
  code: CodeableConcept,
  content: Content,
): Resource {
  const status = chart.random.weighted([
    [960, 'final'],
    [20, 'corrected'],
    [8, 'amended'],
    [6, 'preliminary'],
    [3, 'cancelled'],
    [3, 'entered-in-error'],
  ] as const);
  return {
    resourceType: 'Observation',
    id: chart.random.uuid(),
    status,
    category: [hl7('observation-category', category)],
    code,
    subject: subject(chart),
    encounter: link(chart, 'Encounter', visit.id),
    ...effective(chart.random, at),
    issued: dateTime(at + 60_000),
    ...content,
  };
}

/** Most write the wall clock with its offset; some devices write UTC, some a period. */
function effective(random: Random, at: number): Content {
  return random.weighted<Content>([
    [93, { effectiveDateTime: dateTime(at) }],
    [5, { effectiveDateTime: instant(at) }],
    [2, { effectivePeriod: { start: dateTime(at), end: dateTime(at + 5 * MINUTE) } }],
  ]);
}

/** `round(7.128, 1)` is 7.1 */
export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
