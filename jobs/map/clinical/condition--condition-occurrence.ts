/**
 * Condition → condition_occurrence, or the table of the concept's domain.
 *
 * - start: onset, else recordedDate as its proxy, else the date of diagnosis (the extension condition-assertedDate), else
 *   the start of the visit of its Encounter. A discharge diagnosis is no exception: it was there during the stay, and the
 *   day of discharge would make it begin after its treatment.
 *   end: abatement, or the end of its period; abatementString is the reason it stopped.
 * - verificationStatus: unconfirmed, refuted and entered-in-error are no condition. Provisional and differential ones
 *   are rows marked 32899 Preliminary diagnosis; with `provisionalConditions: observation` they are observations with
 *   that qualifier, as the guide writes them.
 * - status concept: preliminary, else resolved (clinicalStatus resolved, remission, inactive), else confirmed where
 *   that is stated. Use and rank in Encounter.diagnosis would be better still, but stand in another resource.
 *
 * Departures from the guide: provisional and differential (above); refuted gives nothing rather than an observation.
 */

import { CONDITION_STATUS, TYPE } from '../cdm/concepts.ts';
import type { Moment } from '../cdm/dates.ts';
import { project } from '../cdm/project.ts';
import { mainCode } from '../read/coding.ts';
import { choiceOfDates, datedBy, endAfter, moment, undated } from '../read/event-dates.ts';
import { codings, extension, text } from '../read/fhir.ts';
import { categoriesIn, codesOf, valueIn } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import { encounter, isSelfReported, patient, provider } from '../read/links.ts';
import { excluded, type Reading, read, result } from '../read/reading.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';

/** Where codings contradict each other, the one that asserts least counts. */
const VERIFICATION = codesOf(
  SYSTEM.conditionVerification,
  ...['entered-in-error', 'refuted', 'unconfirmed', 'differential', 'provisional', 'confirmed'],
);
const CLINICAL = codesOf(
  SYSTEM.conditionClinical,
  ...['resolved', 'remission', 'inactive', 'relapse', 'recurrence', 'active'],
);
const CATEGORY = codesOf(SYSTEM.conditionCategory, 'encounter-diagnosis', 'problem-list-item');

const PRELIMINARY = new Set(['provisional', 'differential']);
const OVER = new Set(['resolved', 'remission', 'inactive']);

export function mapCondition(resource: Resource, context: MapContext): Outcome {
  const clinical = valueIn(CLINICAL, resource['clinicalStatus']);
  const verification = valueIn(VERIFICATION, resource['verificationStatus']);
  if (verification === 'entered-in-error') return excluded('entered-in-error');
  if (verification === 'unconfirmed') return excluded('condition-unconfirmed');
  if (verification === 'refuted') return excluded('condition-refuted');
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const code = mainCode(reading, resource['code'], 'clinical');
  const onset = choiceOfDates(reading, resource, 'onset');
  const start = datedBy(
    reading,
    onset.start ?? moment(reading, resource, 'recordedDate') ?? diagnosed(reading),
    resource['encounter'],
  );
  const abatement = choiceOfDates(reading, resource, 'abatement', { optional: true });
  if (reading.refusal) return reading.refusal;
  if (!code) return excluded('no-code');
  if (!start) return undated(reading);
  const preliminary = verification !== undefined && PRELIMINARY.has(verification);
  const asObservation = preliminary && context.settings.provisionalConditions === 'observation';
  const status = statusOf(resource, clinical, verification);
  const rows = project({
    person: { ref: person },
    visit: encounter(reading, resource['encounter']),
    provider: provider(reading, resource['asserter']) ?? provider(reading, resource['recorder']),
    start,
    end: endAfter(reading, start, abatement.end ?? abatement.start),
    typeConceptId: typeOf(reading),
    code,
    fallback: 'condition_occurrence',
    always: asObservation ? 'observation' : undefined,
    status,
    stopReason: text(resource['abatementString']),
    qualifier: asObservation && status ? { ...status, sourceConceptId: undefined } : undefined,
  });
  return result(reading, rows, { person });
}

/** US Core's date of diagnosis. */
function diagnosed(reading: Reading): Moment | undefined {
  const path = 'extension.valueDateTime';
  return moment(reading, extension(reading.resource, ASSERTED), 'valueDateTime', { path });
}

const ASSERTED = 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate';

/**
 * The source value is the code that the concept comes from; where none comes from any, the clinical status as sent, else
 * the verification.
 */
function statusOf(
  resource: Resource,
  clinical: string | undefined,
  verification: string | undefined,
): { conceptId: number; sourceValue: string | undefined } | undefined {
  if (verification !== undefined && PRELIMINARY.has(verification)) {
    return { conceptId: CONDITION_STATUS.preliminary.id, sourceValue: verification };
  }
  if (clinical !== undefined && OVER.has(clinical)) {
    return { conceptId: CONDITION_STATUS.resolved.id, sourceValue: clinical };
  }
  if (verification === 'confirmed') {
    return { conceptId: CONDITION_STATUS.confirmed.id, sourceValue: verification };
  }
  const sourceValue =
    clinical ?? sentCode(resource, 'clinicalStatus') ?? sentCode(resource, 'verificationStatus');
  return sourceValue === undefined ? undefined : { conceptId: 0, sourceValue };
}

function sentCode(resource: Resource, element: string): string | undefined {
  return codings(resource[element])[0]?.code;
}

function typeOf(reading: Reading): number {
  const { resource, context } = reading;
  const categories = categoriesIn(CATEGORY, resource['category'], context.settings.vendor);
  if (isSelfReported(reading, resource['asserter'])) return TYPE.selfReport.id;
  if (categories.has('encounter-diagnosis')) return TYPE.encounter.id;
  if (categories.has('problem-list-item')) return TYPE.problemList.id;
  return TYPE.ehr.id;
}
