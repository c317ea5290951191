/**
 * Encounter → visit_occurrence; one that is part of another, and moves between places → visit_detail
 * (encounter--visit-detail.ts).
 *
 * - class: the loaded vocabulary first (a site's source_to_concept_map can name any local class), then the fixed map.
 *   OBSENC is Observation Room where the vocabulary has it as a Standard Visit, else an inpatient visit.
 * - status: finished, and those under way (in-progress, arrived, triaged, onleave). An end that is not there: for a stay
 *   that goes on the day of the extract, with "Still patient" as discharge; for all others the start (CDM 5.4,
 *   visit_end_date). The end of a stay that goes on moves at each close (sql/derive/move-open-stays.sql).
 * - visit_source_value is the class as sent, never an identifier.
 *
 * Departures from the guide: OBSENC (the guide: 262); discharged home and admitted from home are 0, since the CDM has
 * no Standard "home" (the guide: 8536). What fills preceding_visit_occurrence_id is the person's other visits, which
 * one resource does not know: it is derived when a run closes.
 */

import { TYPE, VISIT } from '../cdm/concepts.ts';
import { type Moment, orMidnight } from '../cdm/dates.ts';
import type { Link } from '../cdm/link.ts';
import type { VisitOccurrence } from '../cdm/rows.ts';
import { type Concept, choose, concept, NO_CONCEPT, note } from '../read/coding.ts';
import { endAfter, period } from '../read/event-dates.ts';
import { isModified, type Json, object, objects } from '../read/fhir.ts';
import { codesOf, valuesIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { careSite, patient, place, provider } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import { unrealized } from '../read/status.ts';
import type { MapContext, Outcome, Resource, Row } from '../types.ts';
import { partRow, wardRows, wholeOf } from './encounter--visit-detail.ts';
import { CODED_VISIT, DISPOSITIONS, SOURCES_OF_ADMISSION } from './encounter-codes.ts';
import { diagnosesOf } from './encounter-diagnoses.ts';

const REALIZED = new Set(['finished', 'in-progress', 'arrived', 'triaged', 'onleave']);
const STAYS = new Set<number>([VISIT.inpatient.id, VISIT.emergencyAndInpatient.id, VISIT.nonHospital.id]);

export function mapEncounter(resource: Resource, context: MapContext): Outcome {
  const refusal = unrealized(resource, REALIZED);
  if (refusal) return refusal;
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const span = period(reading, resource, 'period');
  if (!span.start) return reading.refusal ?? excluded('no-date');
  const { start } = span;
  const sentKind = visitConcept(reading);
  const stay = object(resource['hospitalization']);
  const from = concept(reading, stay?.['admitSource'], 'admitted-from', {
    domain: 'Visit',
    fixed: SOURCES_OF_ADMISSION,
  });
  const to = concept(reading, stay?.['dischargeDisposition'], 'discharged-to', {
    domain: 'Visit',
    fixed: DISPOSITIONS,
  });
  const kind = admittedAs(reading, sentKind, from);
  const goesOn = resource['status'] !== 'finished' && !span.end && STAYS.has(kind.conceptId ?? 0);
  const end = goesOn ? laterOf(start, context.extractionDate) : (endAfter(reading, start, span.end) ?? start);
  const visit: VisitOccurrence = {
    person_id: { ref: person },
    visit_concept_id: kind.conceptId ?? 0,
    visit_start_date: start.date,
    visit_start_datetime: orMidnight(start),
    visit_end_date: end.date,
    visit_end_datetime: orMidnight(end),
    visit_type_concept_id: TYPE.encounter.id,
    provider_id: attending(reading),
    care_site_id: careSite(reading, resource['serviceProvider']) ?? firstPlace(reading),
    visit_source_value: kind.sourceValue,
    visit_source_concept_id: kind.sourceConceptId,
    admitted_from_concept_id: from.conceptId,
    admitted_from_source_value: from.sourceValue,
    discharged_to_concept_id: goesOn ? VISIT.stillPatient.id : to.conceptId,
    discharged_to_source_value: to.sourceValue,
  };
  const whole = wholeOf(reading);
  const own: Row = whole ? partRow(visit, whole) : { table: 'visit_occurrence', values: visit };
  return result(reading, [own, ...wardRows(reading, visit.person_id, kind, end, whole)], {
    person,
    relations: { diagnoses: diagnosesOf(reading) },
  });
}

/**
 * The class; where there is no code in it, a type of the Visit domain; else what class or type say in words, with concept
 * 0. A visit of which neither says anything is kept and noted, since what happened in it is dated by it.
 */
function visitConcept(reading: Reading): Concept {
  const { resource, context } = reading;
  const asSent = classOf(resource);
  const said = choose(reading, asSent, 'clinical', 'Visit');
  if (said?.coding) {
    const found = concept(reading, asSent, 'code', { domain: 'Visit', fixed: CODED_VISIT });
    const isRoom = found.conceptId === VISIT.observationRoom.id;
    const lacksRoom = isRoom && context.standard(VISIT.observationRoom.id)?.domain !== 'Visit';
    return lacksRoom ? { ...found, conceptId: VISIT.inpatient.id } : found;
  }
  for (const type of objects(resource['type'])) {
    const chosen = choose(reading, type, 'clinical', 'Visit');
    const target = chosen?.targets.find((one) => one.domain === 'Visit');
    if (chosen && target) {
      return {
        conceptId: target.conceptId,
        sourceValue: chosen.sourceValue,
        sourceConceptId: chosen.sourceConceptId,
      };
    }
  }
  const target = said?.targets.find((one) => one.domain === 'Visit');
  const left = said ?? objects(resource['type']).flatMap((one) => choose(reading, one, 'clinical') ?? [])[0];
  if (!left) {
    reading.omitted.add('visit-without-class');
    return NO_CONCEPT;
  }
  if (!target) note(reading, left, 'code');
  return {
    conceptId: target?.conceptId ?? 0,
    sourceValue: left.sourceValue,
    sourceConceptId: left.sourceConceptId,
  };
}

/**
 * 262 is a visit that begins in the emergency room and goes on as a stay. EHRs mostly send the emergency as an Encounter of
 * its own, which would be counted twice; so the stay is 9201, admitted from 8870, unless the setting says otherwise.
 */
function admittedAs({ context }: Reading, kind: Concept, from: Concept): Concept {
  const isBoth =
    context.settings.emergencyAdmissions === 'emergency-and-inpatient' &&
    kind.conceptId === VISIT.inpatient.id &&
    from.conceptId === VISIT.emergencyRoom.id;
  return isBoth ? { ...kind, conceptId: VISIT.emergencyAndInpatient.id } : kind;
}

/** A Coding in R4; as a CodeableConcept it is met where R5 or an older mapping shines through. */
function classOf(resource: Resource): unknown {
  const sent = object(resource['class']);
  if (!sent) return undefined;
  const isConcept = sent['coding'] !== undefined || sent['text'] !== undefined;
  return isConcept ? sent : { coding: [sent] };
}

function laterOf(start: Moment, date: string): Moment {
  return date < start.date ? start : { date, datetime: undefined };
}

const ROLES = codesOf(SYSTEM.participation, 'ATND', 'PPRF');

/** The attending practitioner, else the primary performer, else the first. */
function attending(reading: Reading): Link | undefined {
  const participants = objects(reading.resource['participant']).filter((one) => !isModified(one));
  const withRole = (role: 'ATND' | 'PPRF'): readonly Json[] =>
    participants.filter((one) => valuesIn(ROLES, one['type']).has(role));
  for (const one of [...withRole('ATND'), ...withRole('PPRF'), ...participants]) {
    const found = provider(reading, one['individual']);
    if (found) return found;
  }
  return undefined;
}

function firstPlace(reading: Reading): Link | undefined {
  return place(reading, objects(reading.resource['location'])[0]?.['location']);
}
