/**
 * Encounter.partOf → visit_detail of the whole visit, and no visit of its own (CDM 5.4: "a step of a visit"). Which visit
 * that is, and of which other part this one may be a part again, the loader finds (parent_visit_detail_id); an
 * Encounter that says it is part of itself is a visit.
 *
 * Encounter.location → visit_detail: the wards of a stay, one row for each place with a start, in the order sent. Only
 * where there is more than one: a single place says nothing that the visit does not.
 *
 * A place without an end lasts to the start of the next one, the last to the end of the visit. The kind of visit is that
 * of the whole one, since a Location reference does not say what the place is.
 */

import { TYPE } from '../cdm/concepts.ts';
import { type Moment, orMidnight } from '../cdm/dates.ts';
import type { Link } from '../cdm/link.ts';
import type { VisitOccurrence } from '../cdm/rows.ts';
import type { Concept } from '../read/coding.ts';
import { endAfter, period } from '../read/event-dates.ts';
import { type Json, objects } from '../read/fhir.ts';
import { encounter, place } from '../read/links.ts';
import type { Reading } from '../read/reading.ts';
import type { Row } from '../types.ts';

const BEEN_THERE = new Set<unknown>(['active', 'completed', undefined]);

interface Move {
  readonly careSite: Link | undefined;
  readonly start: Moment;
  readonly end: Moment | undefined;
}

/** The visit that this Encounter is part of. */
export function wholeOf(reading: Reading): Link | undefined {
  const found = encounter(reading, reading.resource['partOf']);
  const isItself = found && 'ref' in found && found.ref.id === reading.resource.id;
  return isItself ? undefined : found;
}

/** The visit_detail of an Encounter that is part of another, from the visit that it would be on its own. */
export function partRow(visit: VisitOccurrence, whole: Link): Row {
  return {
    table: 'visit_detail',
    values: {
      person_id: visit.person_id,
      visit_detail_concept_id: visit.visit_concept_id,
      visit_detail_start_date: visit.visit_start_date,
      visit_detail_start_datetime: visit.visit_start_datetime,
      visit_detail_end_date: visit.visit_end_date,
      visit_detail_end_datetime: visit.visit_end_datetime,
      visit_detail_type_concept_id: visit.visit_type_concept_id,
      provider_id: visit.provider_id,
      care_site_id: visit.care_site_id,
      visit_detail_source_value: visit.visit_source_value,
      visit_detail_source_concept_id: visit.visit_source_concept_id,
      admitted_from_concept_id: visit.admitted_from_concept_id,
      admitted_from_source_value: visit.admitted_from_source_value,
      discharged_to_concept_id: visit.discharged_to_concept_id,
      discharged_to_source_value: visit.discharged_to_source_value,
      visit_occurrence_id: whole,
    },
  };
}

/** After the one row that the Encounter itself gives: a visit, or a part of `whole`. */
export function wardRows(
  reading: Reading,
  person: Link,
  kind: Concept,
  visitEnd: Moment,
  whole: Link | undefined,
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
        preceding_visit_detail_id: n === 0 ? undefined : { row: n },
        visit_occurrence_id: whole ?? { own: 'key' },
        parent_visit_detail_id: whole && { row: 0 },
      },
    };
  });
}

function moveOf(reading: Reading, location: Json): Move | undefined {
  if (!BEEN_THERE.has(location['status'])) return undefined;
  const { start, end } = period(reading, location, 'period', { optional: true });
  return (
    start && { careSite: place(reading, location['location']), start, end: endAfter(reading, start, end) }
  );
}
