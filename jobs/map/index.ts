/**
 * The table of contents of the mapping: which mapper reads which FHIR type. `map` is pure and total: the same
 * resource, answers and settings give the same rows, and no JSON object makes it throw.
 */

import { mapAllergyIntolerance } from './allergy-intolerance.ts';
import { mapCondition } from './condition.ts';
import { mapCoverage } from './coverage--payer-plan-period.ts';
import { cut } from './cut.ts';
import { mapDevice, mapDeviceUseStatement } from './device.ts';
import { mapDiagnosticReport, mapDocumentReference } from './documents--note.ts';
import { mapEncounter } from './encounter--visit-occurrence.ts';
import { mapClaim, mapExplanationOfBenefit } from './explanation-of-benefit--cost.ts';
import { mapFamilyMemberHistory } from './family-member-history.ts';
import { isModified } from './fhir.ts';
import { mapImmunization } from './immunization.ts';
import { mapMedication } from './medication.ts';
import { mapMedicationAdministration } from './medication-administration.ts';
import { mapMedicationDispense } from './medication-dispense.ts';
import { mapMedicationRequest } from './medication-request.ts';
import { mapMedicationStatement } from './medication-statement.ts';
import { mapObservation } from './observation.ts';
import { mapLocation, mapOrganization } from './organization--care-site.ts';
import { mapPatient } from './patient--person.ts';
import { mapPractitioner, mapPractitionerRole } from './practitioner--provider.ts';
import { mapProcedure } from './procedure.ts';
import { excluded, failed } from './reading.ts';
import { WIDTHS } from './rows.ts';
import { mapSpecimen } from './specimen.ts';
import type { MapContext, Mapper, Outcome, Resource, Row, UnmappedCode } from './types.ts';

export const MAPPERS: ReadonlyMap<string, Mapper> = new Map<string, Mapper>([
  ['Organization', mapOrganization],
  ['Location', mapLocation],
  ['Practitioner', mapPractitioner],
  ['PractitionerRole', mapPractitionerRole],
  ['Medication', mapMedication],
  ['Patient', mapPatient],
  ['Encounter', mapEncounter],
  ['Condition', mapCondition],
  ['Procedure', mapProcedure],
  ['Observation', mapObservation],
  ['MedicationRequest', mapMedicationRequest],
  ['Immunization', mapImmunization],
  ['AllergyIntolerance', mapAllergyIntolerance],
  ['MedicationStatement', mapMedicationStatement],
  ['MedicationAdministration', mapMedicationAdministration],
  ['MedicationDispense', mapMedicationDispense],
  ['DiagnosticReport', mapDiagnosticReport],
  ['DocumentReference', mapDocumentReference],
  ['Device', mapDevice],
  ['DeviceUseStatement', mapDeviceUseStatement],
  ['Specimen', mapSpecimen],
  ['FamilyMemberHistory', mapFamilyMemberHistory],
  ['Coverage', mapCoverage],
  ['Claim', mapClaim],
  ['ExplanationOfBenefit', mapExplanationOfBenefit],
]);

export function map(resource: Resource, context: MapContext): Outcome {
  const mapper = MAPPERS.get(resource.resourceType);
  if (!mapper) return excluded('no-omop-target');
  if (isModified(resource)) return excluded('modifier-extension');
  const outcome = mapper(resource, context);
  return outcome.kind === 'rows' ? finished(resource, outcome) : outcome;
}

/** An id is resource_key * 1000 + n, so there is room for a thousand rows. */
const MAX_ROWS = 1000;

function finished(resource: Resource, outcome: Extract<Outcome, { kind: 'rows' }>): Outcome {
  if (outcome.rows.length > MAX_ROWS) {
    return failed(`Expected at most ${MAX_ROWS} rows from one resource`, resource.resourceType);
  }
  for (const row of outcome.rows) fitWidths(row);
  return outcome.unmapped.length > 1 ? { ...outcome, unmapped: distinct(outcome.unmapped) } : outcome;
}

/** Source values are cut to their column, knowingly: the whole value stays in the retained resource. */
function fitWidths(row: Row): void {
  const values = row.values as unknown as Record<string, unknown>;
  for (const [column, width] of WIDTH_LISTS.get(row.table) ?? []) {
    const value = values[column];
    if (typeof value === 'string' && value.length > width) values[column] = cut(value, width);
  }
}

const WIDTH_LISTS = new Map(Object.entries(WIDTHS).map(([table, widths]) => [table, Object.entries(widths)]));

function distinct(codes: readonly UnmappedCode[]): readonly UnmappedCode[] {
  const seen = new Set<string>();
  return codes.filter((one) => {
    const key = JSON.stringify([one.system, one.code, one.element]);
    return !seen.has(key) && seen.add(key);
  });
}
