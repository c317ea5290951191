/**
 * Condition → condition_occurrence, or the table of the concept's domain.
 *
 * - start: onset, else recordedDate as its proxy, else the start of its Encounter's visit; of a discharge diagnosis, too:
 *   it was there during the stay, and the day of discharge would make it begin after its treatment. end: abatement; abatementString is the reason it stopped.
 * - verificationStatus: unconfirmed, refuted and entered-in-error are no condition. Provisional and differential ones
 *   are rows marked 32899 Preliminary diagnosis; with `provisionalConditions: observation` they are observations with
 *   that qualifier, as the guide writes them.
 * - status concept: preliminary, else resolved (clinicalStatus resolved, remission, inactive), else confirmed where
 *   that is stated. Use and rank in Encounter.diagnosis would be better still, but stand in another resource.
 *
 * Departures from the guide: provisional and differential (above); refuted gives nothing rather than an observation.
 */

import { CONDITION_STATUS, TYPE } from '../cdm/concepts.ts';
import { project } from '../cdm/project.ts';
import { mainCode } from '../read/coding.ts';
import { firstCode, hasCode, text } from '../read/fhir.ts';
import {
  choiceOfDates,
  datedBy,
  encounter,
  endAfter,
  excluded,
  isSelfReported,
  moment,
  patient,
  provider,
  type Reading,
  read,
  result,
  undated,
} from '../read/reading.ts';
import { categoryCodes } from '../read/vendor-presets.ts';
import type { MapContext, Outcome, Resource } from '../types.ts';

const PRELIMINARY = new Set(['provisional', 'differential']);
const OVER = new Set(['resolved', 'remission', 'inactive']);

export function mapCondition(resource: Resource, context: MapContext): Outcome {
  const clinical = firstCode(resource['clinicalStatus']);
  const verification = firstCode(resource['verificationStatus']);
  if (verification === 'entered-in-error') return excluded('entered-in-error');
  if (verification === 'unconfirmed') return excluded('condition-unconfirmed');
  if (verification === 'refuted') return excluded('condition-refuted');
  const reading = read(resource, context);
  const person = patient(reading, 'subject');
  const code = mainCode(reading, resource['code'], 'clinical');
  const onset = choiceOfDates(reading, resource, 'onset');
  const start = datedBy(
    reading,
    onset.start ?? moment(reading, resource, 'recordedDate'),
    resource['encounter'],
  );
  const abatement = choiceOfDates(reading, resource, 'abatement');
  if (reading.refusal) return reading.refusal;
  if (!code) return excluded('no-code');
  if (!start) return undated(reading);
  const preliminary = verification !== undefined && PRELIMINARY.has(verification);
  const asObservation = preliminary && context.settings.provisionalConditions === 'observation';
  const status = statusOf(clinical, verification);
  const rows = project({
    person: { ref: person },
    visit: encounter(reading, resource['encounter']),
    provider: provider(reading, resource['asserter']) ?? provider(reading, resource['recorder']),
    start,
    end: endAfter(reading, start, abatement.start ?? abatement.end),
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

function statusOf(
  clinical: string | undefined,
  verification: string | undefined,
): { conceptId: number; sourceValue: string | undefined } | undefined {
  if (verification !== undefined && PRELIMINARY.has(verification)) {
    return { conceptId: CONDITION_STATUS.preliminary.id, sourceValue: verification };
  }
  const sourceValue = clinical ?? verification;
  if (sourceValue === undefined) return undefined;
  if (clinical !== undefined && OVER.has(clinical)) {
    return { conceptId: CONDITION_STATUS.resolved.id, sourceValue };
  }
  return { conceptId: verification === 'confirmed' ? CONDITION_STATUS.confirmed.id : 0, sourceValue };
}

function typeOf(reading: Reading): number {
  const { resource, context } = reading;
  const isOf = (code: string): boolean =>
    hasCode(resource['category'], ...categoryCodes(context.settings.vendor, code));
  if (isSelfReported(reading, resource['asserter'])) return TYPE.selfReport.id;
  if (isOf('encounter-diagnosis')) return TYPE.encounter.id;
  if (isOf('problem-list-item')) return TYPE.problemList.id;
  return TYPE.ehr.id;
}
