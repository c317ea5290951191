/**
 * The International Patient Summary states by a code of its own that there is nothing to tell: no known problems, no
 * information about medications. Such a statement has the type of an event, and is none.
 */
import type { Resource, Row } from '../types.ts';
import { object, objects, text } from './fhir.ts';

const SYSTEMS = new Set([
  'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips',
  'http://hl7.org/fhir/uv/ips/codesystem/absent-unknown-uv-ips',
]);

/** Its codes for these types, which nothing else is called: senders give them other systems too, the guide SNOMED's. */
const STATEMENTS = new Set(
  ['problem', 'procedure', 'medication', 'immunization'].flatMap((what) => [
    `no-known-${what}s`,
    `no-${what}-info`,
  ]),
);

/** Where the types of events have their code. */
const CODES: Readonly<Record<string, string>> = {
  Condition: 'code',
  Procedure: 'code',
  MedicationStatement: 'medicationCodeableConcept',
  MedicationRequest: 'medicationCodeableConcept',
  Immunization: 'vaccineCode',
};

const CONCEPTS: Readonly<Record<string, string>> = {
  condition_occurrence: 'condition_concept_id',
  procedure_occurrence: 'procedure_concept_id',
  drug_exposure: 'drug_concept_id',
  observation: 'observation_concept_id',
  measurement: 'measurement_concept_id',
};

/** Unless a local map says what the code is: then the site wants it. */
export function statesAbsence(resource: Resource, rows: readonly Row[]): boolean {
  const element = CODES[resource.resourceType];
  if (element === undefined) return false;
  const codings = objects(object(resource[element])?.['coding']);
  const states = codings.some(
    ({ system, code }) => SYSTEMS.has(text(system) ?? '') || STATEMENTS.has(text(code) ?? ''),
  );
  if (!states) return false;
  return rows.every((row) => {
    const concept = CONCEPTS[row.table];
    return concept === undefined || Reflect.get(row.values, concept) === 0;
  });
}
