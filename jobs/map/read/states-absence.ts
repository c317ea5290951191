/**
 * The International Patient Summary states by a code that there is nothing to tell: no known problems, no information
 * about medications. Such a statement has the type of an event, and is none.
 *
 * SNOMED's "no known allergy" and the like are concepts of their own, observations where the vocabulary has them (the
 * guide wants that). They count here where it does not: with concept 0 they would be allergies.
 */
import type { Outcome, Resource, Row, UnmappedCode } from '../types.ts';
import { systemKey, vocabulariesFor } from './code-systems.ts';
import { codings } from './fhir.ts';

const SYSTEMS = new Set([
  'hl7.org/fhir/uv/ips/codesystem/absent-unknown-uv-ips',
  '2.16.840.1.113883.5.1150.1',
]);

/** Its codes, which nothing else is called: senders give them other systems too, the guide SNOMED's. */
const STATEMENTS = new Set([
  ...['problem', 'procedure', 'medication', 'immunization', 'device'].flatMap((what) => [
    `no-known-${what}s`,
    `no-${what}-info`,
  ]),
  ...['no-allergy-info', 'no-known-allergies', 'no-known-medication-allergies'],
  ...['no-known-food-allergies', 'no-known-environmental-allergies'],
]);

/** No known allergy, to drugs, food, latex, animals, insects, of the environment; the last is the first's old code. */
const SNOMED = new Set([
  ...['716186003', '409137002', '429625007', '716184000'],
  ...['716220001', '428197003', '428607008', '160244002'],
]);

/** Where the types of events have their code. What a Medication or Device says is found among what has no concept. */
const CODES: Readonly<Record<string, string>> = {
  ...{ AllergyIntolerance: 'code', Condition: 'code', Procedure: 'code', Observation: 'code' },
  ...{ MedicationStatement: 'medicationCodeableConcept', MedicationRequest: 'medicationCodeableConcept' },
  ...{
    MedicationAdministration: 'medicationCodeableConcept',
    MedicationDispense: 'medicationCodeableConcept',
  },
  Immunization: 'vaccineCode',
};

const CONCEPTS: Readonly<Record<string, string>> = {
  condition_occurrence: 'condition_concept_id',
  procedure_occurrence: 'procedure_concept_id',
  drug_exposure: 'drug_concept_id',
  device_exposure: 'device_concept_id',
  observation: 'observation_concept_id',
  measurement: 'measurement_concept_id',
};

/** Unless a local map says what the code is: then the site wants it. */
export function statesAbsence(
  resource: Resource,
  { rows, unmapped }: Pick<Outcome & { kind: 'rows' }, 'rows' | 'unmapped'>,
): boolean {
  // Most resources have a concept, and none of this is looked at.
  if (rows.length === 0 || !rows.every(isWithoutConcept)) return false;
  const found = unmapped.filter(({ element }) => element === 'code');
  if (found.length > 0 && found.every(isStatement)) return true;
  const element = CODES[resource.resourceType];
  return element !== undefined && codings(resource[element]).some(isStatement);
}

function isWithoutConcept(row: Row): boolean {
  const concept = CONCEPTS[row.table];
  return concept === undefined || Reflect.get(row.values, concept) === 0;
}

function isStatement({
  system,
  code,
}: { readonly system?: string | undefined } & Pick<UnmappedCode, 'code'>) {
  if (STATEMENTS.has(code)) return true;
  // The address of a code system may end with its version.
  const key = systemKey(system?.split('|', 1)[0] ?? '');
  return SYSTEMS.has(key) || (SNOMED.has(code) && vocabulariesFor(key)[0] === 'SNOMED');
}
