/**
 * Encounter.location → visit_detail: the wards of a stay, one row for each place with a start, in the order sent. Only
 * where there is more than one: a single place says nothing that the visit does not.
 *
 * A place without an end lasts to the start of the next one, the last to the end of the visit. The kind of visit is that
 * of the whole one, since a Location reference does not say what the place is.
 */

import type { Concept } from './coding.ts';
import { TYPE } from './concepts.ts';
import { type Moment, orMidnight } from './dates.ts';
import { type Json, objects } from './fhir.ts';
import { endAfter, period, place, type Reading } from './reading.ts';
import type { Link, Row } from './types.ts';

const BEEN_THERE = new Set<unknown>(['active', 'completed', undefined]);

interface Move {
  readonly careSite: Link | undefined;
  readonly start: Moment;
  readonly end: Moment | undefined;
}

/** `before` is how many rows of the Encounter come before these. */
export function visitDetails(
  reading: Reading,
  person: Link,
  kind: Concept,
  visitEnd: Moment,
  before: number,
): readonly Row[] {
  const moves = objects(reading.resource['location']).flatMap((one) => moveOf(reading, one) ?? []);
  if (moves.length < 2) return [];
  return moves.map(({ careSite, start, end }, n) => {
    const until = end ?? endAfter(reading, start, moves[n + 1]?.start ?? visitEnd) ?? start;
    return {
      table: 'visit_detail',
      values: {
        person_id: person,
        visit_detail_concept_id: kind.conceptId ?? 0,
        visit_detail_start_date: start.date,
        visit_detail_start_datetime: orMidnight(start),
        visit_detail_end_date: until.date,
        visit_detail_end_datetime: orMidnight(until),
        visit_detail_type_concept_id: TYPE.encounter.id,
        care_site_id: careSite,
        visit_detail_source_value: kind.sourceValue,
        visit_detail_source_concept_id: kind.sourceConceptId,
        preceding_visit_detail_id: n === 0 ? undefined : { row: before + n - 1 },
        visit_occurrence_id: { own: 'key' },
      },
    };
  });
}

function moveOf(reading: Reading, location: Json): Move | undefined {
  if (!BEEN_THERE.has(location['status'])) return undefined;
  const { start, end } = period(reading, location, 'period');
  return (
    start && { careSite: place(reading, location['location']), start, end: endAfter(reading, start, end) }
  );
}
