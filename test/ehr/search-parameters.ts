/**
 * The search parameters that the simulated EHR knows: those of US Core servers for every type, and for each type those
 * by which FHIR R4 finds what is about a patient (http://hl7.org/fhir/R4/searchparameter-registry.html).
 */

import type { Resource } from '../../jobs/map/types.ts';
import { tokens } from './export-filter.ts';
import { type Entry, object, parseEntry } from './store.ts';

const PATIENT_AND_SUBJECT = [
  ...['Account', 'CarePlan', 'CareTeam', 'ChargeItem', 'ClinicalImpression', 'Composition', 'Condition'],
  ...['DeviceRequest', 'DiagnosticReport', 'DocumentReference', 'Encounter', 'Flag', 'Goal', 'ImagingStudy'],
  ...['List', 'Media', 'MedicationAdministration', 'MedicationDispense', 'MedicationRequest'],
  ...['MedicationStatement', 'Observation', 'Procedure', 'QuestionnaireResponse', 'RiskAssessment'],
  ...['ServiceRequest', 'Specimen'],
];
const PATIENT_ONLY = [
  ...['AllergyIntolerance', 'Claim', 'Consent', 'Device', 'DeviceUseStatement', 'EpisodeOfCare'],
  ...['ExplanationOfBenefit', 'FamilyMemberHistory', 'Immunization', 'NutritionOrder', 'Provenance'],
  ...['RelatedPerson'],
];
const OF_PATIENT = new Map<string, readonly string[]>([
  ...PATIENT_AND_SUBJECT.map((type) => [type, ['patient', 'subject']] as const),
  ...PATIENT_ONLY.map((type) => [type, ['patient']] as const),
  ['AdverseEvent', ['subject']],
  ['Coverage', ['patient', 'beneficiary']],
]);
const OF_EVERY_TYPE = ['_id', '_lastUpdated', 'identifier', 'category', 'status', 'code'];
const OF_RESULT = ['_count', '_sort', '_total', '_format'];

/** Whether the parameter says something about the answer, and nothing about what is found. */
export const isOfResult = (name: string): boolean => OF_RESULT.includes(name);

export function isKnown(type: string, name: string): boolean {
  if (name === '_has:Group:member:_id') return type === 'Patient';
  return OF_EVERY_TYPE.includes(name) || isOfResult(name) || isOfPatient(type, name);
}

export const isOfPatient = (type: string, name: string): boolean =>
  OF_PATIENT.get(type)?.includes(name) ?? false;

/** The values of a parameter are alternatives, `a,b`; the comma in one is `\,`. */
export const valuesOf = (value: string): string[] =>
  value.split(/(?<!\\),/).map((one) => one.replaceAll('\\,', ','));

/** `Patient/x`, `https://…/Patient/x`, `x` */
export const idIn = (reference: string): string => reference.replace(/^.*\//, '');

export function matches(entry: Entry, name: string, values: readonly string[]): boolean {
  if (name === '_id') return values.includes(entry.id);
  if (name === '_lastUpdated') return values.some((value) => isWithin(entry.lastUpdated, value));
  if (isOfPatient(entry.type, name)) return values.some((value) => idIn(value) === entry.patient);
  const resource = parseEntry(entry);
  if (name === 'status') return values.includes(String(resource['status']));
  const found = name === 'identifier' ? identifiers(resource) : tokens(resource[name]);
  return values.some((value) => found.some((token) => isToken(token, value)));
}

function isToken([system, code]: [unknown, unknown], value: string): boolean {
  return value.includes('|') ? value === `${system ?? ''}|${code}` : value === code;
}

function identifiers(resource: Resource): [unknown, unknown][] {
  const all = resource['identifier'];
  return (Array.isArray(all) ? all : [all]).map((one) => [object(one)['system'], object(one)['value']]);
}

/** Instants with seconds and zone, by which a client asks for changes. */
export const isInstantRange = (value: string): boolean =>
  /^(ge|gt|le|lt)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);

function isWithin(time: number, value: string): boolean {
  const bound = Date.parse(value.slice(2));
  const prefix = value.slice(0, 2);
  if (prefix === 'ge') return time >= bound;
  if (prefix === 'gt') return time > bound;
  return prefix === 'le' ? time <= bound : time < bound;
}
