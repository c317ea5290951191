/** Codings as FHIR writes them, for the codes that the demo vocabulary has or is known to lack. */

import { conceptOf } from './concepts/index.ts';
import { UNMAPPED } from './unmapped.ts';

export const SYSTEMS = {
  SNOMED: 'http://snomed.info/sct',
  LOINC: 'http://loinc.org',
  RxNorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ICD10CM: 'http://hl7.org/fhir/sid/icd-10-cm',
  ICD10PCS: 'http://www.cms.gov/Medicare/Coding/ICD10',
  HCPCS: 'urn:oid:2.16.840.1.113883.6.285',
  NDC: 'http://hl7.org/fhir/sid/ndc',
  CVX: 'http://hl7.org/fhir/sid/cvx',
  UCUM: 'http://unitsofmeasure.org',
} as const;

export type Vocabulary = keyof typeof SYSTEMS;

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

const unmapped = new Map(UNMAPPED.map(([vocabulary, code, display]) => [`${vocabulary}|${code}`, display]));

/** Throws for a code that is in neither list: a population with unlisted codes would make the tests guess. */
export function coding(vocabulary: Vocabulary, code: string): Coding {
  const display = conceptOf(vocabulary, code)?.[1] ?? unmapped.get(`${vocabulary}|${code}`);
  if (display === undefined) {
    throw new Error(`${vocabulary} ${code} is not in test/ehr/concepts; add it there or to unmapped.ts`);
  }
  return { system: SYSTEMS[vocabulary], code, display };
}

/** A code of a local system, or an NDC as written on the package: the display is looked up by the code given. */
export function localCoding(system: string, code: string): Coding {
  const display = unmapped.get(`${system}|${code}`);
  if (display === undefined) throw new Error(`the local code ${code} is not in unmapped.ts; add it there`);
  return { system, code, display };
}

export function codeable(...codings: readonly Coding[]): CodeableConcept {
  const text = codings[0]?.display;
  return text === undefined ? { coding: codings } : { coding: codings, text };
}

/** A code of one of HL7's own small code systems (terminology.hl7.org). */
export function hl7(name: string, code: string): CodeableConcept {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${name}`, code }] };
}

/** A quantity in a UCUM unit. */
export function quantity(value: number, unit: string, comparator?: string) {
  return {
    value,
    ...(comparator === undefined ? {} : { comparator }),
    unit: coding('UCUM', unit).code,
    system: SYSTEMS.UCUM,
    code: unit,
  };
}
