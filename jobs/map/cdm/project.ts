/** Which table, and how many rows: one for each Standard target (Themis, One-to-many mapping). */

import type { Row, Target } from '../types.ts';
import type { ClinicalEvent, EventTable } from './event.ts';
import { eventRow } from './event-rows.ts';

const TABLE_OF_DOMAIN = new Map<string, EventTable>([
  ['Condition', 'condition_occurrence'],
  ['Drug', 'drug_exposure'],
  ['Procedure', 'procedure_occurrence'],
  ['Device', 'device_exposure'],
  ['Measurement', 'measurement'],
  ['Meas', 'measurement'],
  ['Specimen', 'specimen'],
  ['Observation', 'observation'],
]);

/** Has the domain a table for events of its own? Meas Value, Unit, Gender and their like have none. */
export function isEventDomain(domain: string): boolean {
  return TABLE_OF_DOMAIN.has(domain.split('/')[0] ?? '');
}

/** Domains without a table of their own for events (Visit, Meas Value, Unit, Gender ...) go to observation. */
export function tableOfDomain(domain: string): EventTable {
  // Older releases join two domains ("Condition/Meas"): the first one leads.
  return TABLE_OF_DOMAIN.get(domain.split('/')[0] ?? '') ?? 'observation';
}

export function project(event: ClinicalEvent): readonly Row[] {
  const { targets, values } = event.code ?? { targets: [], values: [] };
  const [first] = targets;
  if (!first) return [eventRow(tableFor(event, undefined), event, 0)];
  // Nearly always it is the only one. A list that is made by flatMap has room for 17, and lives until its chunk is written.
  return targets.length === 1
    ? rowsOf(event, first, values)
    : targets.flatMap((target) => rowsOf(event, target, values));
}

function rowsOf(event: ClinicalEvent, target: Target, values: readonly Target[]): readonly Row[] {
  const table = tableFor(event, target);
  // `Maps to value` (Themis, Records with values): what the code says besides, e.g. the substance of an allergy.
  const takesValues = holdsValues(table) && event.value?.conceptId === undefined && values.length > 0;
  if (!takesValues) return [eventRow(table, event, target.conceptId)];
  return values.map((value) =>
    eventRow(table, { ...event, value: { ...event.value, conceptId: value.conceptId } }, target.conceptId),
  );
}

export function tableFor(event: ClinicalEvent, target: Target | undefined): EventTable {
  if (event.always) return event.always;
  const table = target ? tableOfDomain(target.domain) : event.fallback;
  return event.value?.assertsNothing && !holdsValues(table) ? 'observation' : table;
}

/** Whether it has columns for an answer. */
export function holdsValues(table: string): boolean {
  return table === 'measurement' || table === 'observation';
}
