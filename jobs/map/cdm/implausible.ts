/**
 * Events that their person cannot have had on that day: before the birth, more than 60 days after the death (Themis), or
 * after the day of the extract. By default they are loaded, and the quality checks count them; with `implausibleEvents:
 * exclude` the resource is left out, for good or until its day.
 */

import { DAY, type MapContext, type Outcome } from '../types.ts';
import { addDays } from './dates.ts';
import type { TableName } from './rows.ts';

const STARTS = new Map<TableName, string>([
  ['visit_occurrence', 'visit_start_date'],
  ['visit_detail', 'visit_detail_start_date'],
  ['condition_occurrence', 'condition_start_date'],
  ['drug_exposure', 'drug_exposure_start_date'],
  ['procedure_occurrence', 'procedure_date'],
  ['device_exposure', 'device_exposure_start_date'],
  ['measurement', 'measurement_date'],
  ['observation', 'observation_date'],
  ['note', 'note_date'],
  ['specimen', 'specimen_date'],
]);

const DAYS_AFTER_DEATH = 60;

/** What becomes of a resource that has such a row; undefined when none has. What lies in the future waits for its day. */
export function implausible(
  { person, rows }: Extract<Outcome, { kind: 'rows' }>,
  context: MapContext,
): Outcome | undefined {
  if (!person) return undefined;
  const life = context.person(person);
  const last = life?.died === undefined ? undefined : addDays(life.died, DAYS_AFTER_DEATH);
  const dates = rows.flatMap((row) => {
    const date: unknown = Reflect.get(row.values, STARTS.get(row.table) ?? '');
    return typeof date === 'string' ? [date] : [];
  });
  if (dates.some((date) => date < (life?.born ?? '') || date > (last ?? date))) {
    return { kind: 'excluded', rule: 'implausible-date' };
  }
  const latest = dates.reduce((later, date) => (date > later ? date : later), '');
  const isFuture = latest > lastKnownDay(context.extractionDate);
  return isFuture ? { kind: 'waits', awaits: { types: [DAY], id: latest } } : undefined;
}

/** At the ends of the earth it is a day later than at the server. */
export const lastKnownDay = (extractionDate: string): string => addDays(extractionDate, 1);
