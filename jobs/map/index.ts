/**
 * The table of contents of the mapping: which mapper reads which FHIR type. `map` is pure and total: the same
 * resource, answers and settings give the same rows, and no JSON object makes it throw.
 */

import { ADDED_COLUMNS } from '../../sql/cdm-version.ts';
import { cut } from './cdm/cut.ts';
import { implausible } from './cdm/implausible.ts';
import { IDS_PER_RESOURCE } from './cdm/row-ids.ts';
import { WIDTHS } from './cdm/widths.ts';
import { mapAllergyIntolerance } from './clinical/allergy-intolerance--observation.ts';
import { mapBinary } from './clinical/attached-by-url.ts';
import { mapCondition } from './clinical/condition--condition-occurrence.ts';
import { mapDevice, mapDeviceUseStatement } from './clinical/device--device-exposure.ts';
import { mapDiagnosticReport, mapDocumentReference } from './clinical/documents--note.ts';
import { mapFamilyMemberHistory } from './clinical/family-member-history--observation.ts';
import { mapObservation } from './clinical/observation--measurement-observation.ts';
import { mapProcedure } from './clinical/procedure--procedure-occurrence.ts';
import { mapSpecimen } from './clinical/specimen--specimen.ts';
import { mapImmunization } from './drugs/immunization--drug-exposure.ts';
import { mapMedication, mapSubstance } from './drugs/medication.ts';
import { mapMedicationAdministration } from './drugs/medication-administration--drug-exposure.ts';
import { mapMedicationDispense } from './drugs/medication-dispense--drug-exposure.ts';
import { mapMedicationRequest } from './drugs/medication-request--drug-exposure.ts';
import { mapMedicationStatement } from './drugs/medication-statement--drug-exposure.ts';
import { mapLocation, mapOrganization } from './people/organization--care-site.ts';
import { mapPatient } from './people/patient--person.ts';
import { mapPractitioner, mapPractitionerRole } from './people/practitioner--provider.ts';
import { EXPECTED } from './read/expected-types.ts';
import { isModified } from './read/fhir.ts';
import { r5Shape } from './read/r5-shapes.ts';
import { excluded, failed } from './read/reading.ts';
import { isSoftDeleted } from './read/soft-deleted.ts';
import { statesAbsence } from './read/states-absence.ts';
import { compile, type WrongType } from './read/wrong-type.ts';
import {
  draft,
  type MapContext,
  type Mapper,
  type Outcome,
  type Resource,
  type Row,
  type UnmappedCode,
} from './types.ts';
import { mapCoverage } from './visits/coverage--payer-plan-period.ts';
import { mapEncounter } from './visits/encounter--visit-occurrence.ts';
import { mapClaim, mapExplanationOfBenefit } from './visits/explanation-of-benefit--cost.ts';

export const MAPPERS: ReadonlyMap<string, Mapper> = new Map<string, Mapper>([
  ['Organization', mapOrganization],
  ['Location', mapLocation],
  ['Practitioner', mapPractitioner],
  ['PractitionerRole', mapPractitionerRole],
  ['Medication', mapMedication],
  ['Substance', mapSubstance],
  ['Patient', mapPatient],
  ['Binary', mapBinary],
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
  if (isSoftDeleted(resource)) return excluded('soft-deleted');
  const r5 = r5Shape(resource);
  const mapper = MAPPERS.get(resource.resourceType);
  if (r5) return (mapper && withdrawn(mapper(resource, context))) ?? failed(r5.reason, r5.field);
  if (!mapper) return excluded('no-omop-target');
  const wrong = CHECKS.get(resource.resourceType)?.(resource, resource.resourceType);
  if (wrong) return withdrawn(mapper(resource, context)) ?? ofWrongType(wrong);
  if (isModified(resource)) return excluded('modifier-extension');
  const outcome = mapper(resource, context);
  if (outcome.kind !== 'rows') return outcome;
  if (statesAbsence(resource, outcome)) return excluded('states-absence');
  const { implausibleEvents } = context.settings;
  const leftOut = implausibleEvents === 'exclude' ? implausible(outcome, context) : undefined;
  return leftOut ?? finished(resource, outcome, context);
}

const CHECKS = new Map([...EXPECTED].map(([type, elements]) => [type, compile(elements)]));

function ofWrongType({ field, expected, found }: WrongType): Outcome {
  return failed(`Expected ${expected}, found ${found}`, field);
}

/** What is taken back goes, whatever else is wrong with it. */
function withdrawn(outcome: Outcome): Outcome | undefined {
  return outcome.kind === 'excluded' && outcome.rule === 'entered-in-error' ? outcome : undefined;
}

function finished(
  resource: Resource,
  outcome: Extract<Outcome, { kind: 'rows' }>,
  { cdm }: MapContext,
): Outcome {
  if (outcome.rows.length > IDS_PER_RESOURCE) {
    return failed(`Expected at most ${IDS_PER_RESOURCE} rows from one resource`, resource.resourceType);
  }
  for (const row of outcome.rows) {
    if (cdm === '5.4') takeAdded(row);
    fitWidths(row);
  }
  return outcome.unmapped.length > 1 ? { ...outcome, unmapped: distinct(outcome.unmapped) } : outcome;
}

/** Source values are cut to their column, knowingly: the whole value stays in the retained resource. */
function fitWidths(row: Row): void {
  const { values } = draft(row);
  for (const [column, width] of WIDTH_LISTS.get(row.table) ?? []) {
    const value = values[column];
    if (typeof value === 'string' && value.length > width) values[column] = cut(value, width);
  }
}

/** Mappers fill all columns of the newest CDM. Those that 5.4 has not stay empty. */
function takeAdded(row: Row): void {
  const { values } = draft(row);
  for (const column of ADDED_COLUMNS[row.table] ?? []) values[column] = undefined;
}

const WIDTH_LISTS = new Map(Object.entries(WIDTHS).map(([table, widths]) => [table, Object.entries(widths)]));

function distinct(codes: readonly UnmappedCode[]): readonly UnmappedCode[] {
  const seen = new Set<string>();
  return codes.filter((one) => {
    const key = JSON.stringify([one.system, one.code, one.element]);
    return !seen.has(key) && seen.add(key);
  });
}
