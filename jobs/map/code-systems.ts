/**
 * Which vocabulary a coding belongs to, as far as the choice among several codings needs it. (Resolving codes is the
 * context's business; it knows more URIs than these.)
 */

const VOCABULARIES = new Map<string, string>([
  ['http://snomed.info/sct', 'SNOMED'],
  ['urn:oid:2.16.840.1.113883.6.96', 'SNOMED'],
  ['http://loinc.org', 'LOINC'],
  ['urn:oid:2.16.840.1.113883.6.1', 'LOINC'],
  ['http://www.nlm.nih.gov/research/umls/rxnorm', 'RxNorm'],
  ['urn:oid:2.16.840.1.113883.6.88', 'RxNorm'],
  ['http://hl7.org/fhir/sid/icd-10-cm', 'ICD10CM'],
  ['urn:oid:2.16.840.1.113883.6.90', 'ICD10CM'],
  ['http://hl7.org/fhir/sid/icd-10', 'ICD10'],
  ['urn:oid:2.16.840.1.113883.6.3', 'ICD10'],
  ['http://hl7.org/fhir/sid/icd-9-cm', 'ICD9CM'],
  ['urn:oid:2.16.840.1.113883.6.103', 'ICD9CM'],
  ['http://hl7.org/fhir/sid/icd-10-pcs', 'ICD10PCS'],
  ['http://www.cms.gov/Medicare/Coding/ICD10', 'ICD10PCS'],
  ['urn:oid:2.16.840.1.113883.6.4', 'ICD10PCS'],
  ['http://hl7.org/fhir/sid/ndc', 'NDC'],
  ['urn:oid:2.16.840.1.113883.6.69', 'NDC'],
  ['http://hl7.org/fhir/sid/cvx', 'CVX'],
  ['urn:oid:2.16.840.1.113883.12.292', 'CVX'],
  ['http://www.ama-assn.org/go/cpt', 'CPT4'],
  ['urn:oid:2.16.840.1.113883.6.12', 'CPT4'],
  ['http://terminology.hl7.org/CodeSystem/HCPCS-all-codes', 'HCPCS'],
  ['https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', 'HCPCS'],
  ['http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', 'HCPCS'],
  ['urn:oid:2.16.840.1.113883.6.285', 'HCPCS'],
  ['http://www.whocc.no/atc', 'ATC'],
]);

/**
 * The guide's Code Prioritization Framework (f2o-034): the vocabulary of the domain first, classifications after it,
 * then other known vocabularies, local codes last.
 */
const ORDER = {
  clinical: ['SNOMED', 'LOINC', 'ICD10CM', 'ICD10', 'ICD9CM'],
  procedure: ['SNOMED', 'CPT4', 'HCPCS', 'ICD10PCS', 'LOINC', 'ICD9CM'],
  laboratory: ['LOINC', 'SNOMED', 'CPT4', 'HCPCS'],
  drug: ['RxNorm', 'CVX', 'NDC', 'SNOMED', 'HCPCS', 'ATC'],
  vaccine: ['CVX', 'RxNorm', 'NDC', 'SNOMED', 'CPT4', 'ATC'],
} as const satisfies Record<string, readonly string[]>;

export type Preference = keyof typeof ORDER;

const OTHER_KNOWN = 100;
const LOCAL = 200;

/** Lower is better. */
export function rankOf(
  system: string | undefined,
  preference: Preference,
  extra: Readonly<Record<string, string>>,
): number {
  if (system === undefined) return LOCAL + 1;
  const known = VOCABULARIES.get(system);
  if (known !== undefined) {
    const order: readonly string[] = ORDER[preference];
    const place = order.indexOf(known);
    return place === -1 ? OTHER_KNOWN : place;
  }
  const own = Object.hasOwn(extra, system) ? extra[system] : undefined;
  return own === undefined ? LOCAL : OTHER_KNOWN;
}
