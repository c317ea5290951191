/**
 * FHIR code systems → vocabularies of OMOP, as data. The URIs are those of the HL7 terminology registry, the OIDs
 * those of the HL7 OID registry, which Epic and Oracle Health send for the same systems.
 * Where a system names several vocabularies, the first that has the code as sent wins.
 *
 * And which of several codings is taken: the guide's Code Prioritization Framework (f2o-034).
 */

import type { MappingSettings, Vendor } from '../settings.ts';
import { Remembered } from './remembered.ts';
import { localVocabulary } from './vendor-presets.ts';

/** Keys without scheme, trailing slash and capitals; OIDs bare. See `systemKey()`. */
const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  // SCTIDs are unique across all extensions of SNOMED CT; OMOP keeps those of drugs and animals in vocabularies of their own.
  'snomed.info/sct': ['SNOMED', 'AMT', 'dm+d', 'SNOMED Veterinary', 'Nebraska Lexicon'],
  'loinc.org': ['LOINC'],
  'www.nlm.nih.gov/research/umls/rxnorm': ['RxNorm', 'RxNorm Extension'],
  'hl7.org/fhir/sid/icd-10-cm': ['ICD10CM'],
  'hl7.org/fhir/sid/icd-10': ['ICD10'],
  // BfArM keeps what was DIMDI's.
  'fhir.de/codesystem/bfarm/icd-10-gm': ['ICD10GM'],
  'fhir.de/codesystem/dimdi/icd-10-gm': ['ICD10GM'],
  'hl7.org/fhir/sid/icd-10-gm': ['ICD10GM'],
  'fhir.de/codesystem/bfarm/ops': ['OPS'],
  'fhir.de/codesystem/dimdi/ops': ['OPS'],
  'fhir.de/codesystem/bfarm/atc': ['ATC'],
  'fhir.de/codesystem/dimdi/atc': ['ATC'],
  'hl7.org/fhir/sid/icd-9': ['ICD9CM', 'ICD9Proc'],
  'hl7.org/fhir/sid/icd-9-cm': ['ICD9CM', 'ICD9Proc'],
  'hl7.org/fhir/sid/icd-9-cm/procedure': ['ICD9Proc'],
  'terminology.hl7.org/codesystem/icd9': ['ICD9CM', 'ICD9Proc'],
  'hl7.org/fhir/sid/icd-10-pcs': ['ICD10PCS'],
  'www.cms.gov/medicare/coding/icd10': ['ICD10PCS'],
  'www.icd10data.com/icd10pcs': ['ICD10PCS'],
  'hl7.org/fhir/sid/ndc': ['NDC'],
  'hl7.org/fhir/sid/cvx': ['CVX'],
  'www.ama-assn.org/go/cpt': ['CPT4'],
  'www.cms.gov/medicare/coding/hcpcsreleasecodesets': ['HCPCS'],
  'terminology.hl7.org/codesystem/hcpcs-level-ii': ['HCPCS'],
  'terminology.hl7.org/codesystem/hcpcs-all-codes': ['HCPCS'],
  'unitsofmeasure.org': ['UCUM'],
  'www.cms.gov/medicare/coding/place-of-service-codes/place_of_service_code_set': ['CMS Place of Service'],
  'hl7.org/fhir/sid/icd-o-3': ['ICDO3'],
  'terminology.hl7.org/codesystem/icd-o-3': ['ICDO3'],
  'nucc.org/provider-taxonomy': ['NUCC'],
  'www.whocc.no/atc': ['ATC'],
  'www.nubc.org/codesystem/revenuecodes': ['Revenue Code'],
  'www.ada.org/cdt': ['CDT', 'HCPCS'],
  'nahdo.org/sopt': ['SOPT'],
  'hl7.org/fhir/ndfrt': ['NDFRT'],
  'www.nlm.nih.gov/research/umls/med-rt': ['MEDRT'],
  'terminology.hl7.org/codesystem/mgpi': ['GPI'],
  'dmd.nhs.uk': ['dm+d'],
  'www.nlm.nih.gov/research/umls/medrt': ['MEDRT'],
  'terminology.hl7.org/codesystem/icd9cm': ['ICD9CM', 'ICD9Proc'],
  '2.16.840.1.113883.6.96': ['SNOMED', 'AMT', 'dm+d', 'SNOMED Veterinary', 'Nebraska Lexicon'],
  '2.16.840.1.113883.6.1': ['LOINC'],
  '2.16.840.1.113883.6.88': ['RxNorm', 'RxNorm Extension'],
  '2.16.840.1.113883.6.90': ['ICD10CM'],
  '2.16.840.1.113883.6.3': ['ICD10'],
  '2.16.840.1.113883.6.103': ['ICD9CM'],
  // Older OIDs of the whole of ICD-9-CM, which charts that were taken over still carry.
  '2.16.840.1.113883.6.2': ['ICD9CM', 'ICD9Proc'],
  '2.16.840.1.113883.6.42': ['ICD9CM', 'ICD9Proc'],
  '2.16.840.1.113883.6.104': ['ICD9Proc'],
  '2.16.840.1.113883.6.4': ['ICD10PCS'],
  '2.16.840.1.113883.6.69': ['NDC'],
  '2.16.840.1.113883.12.292': ['CVX'],
  '2.16.840.1.113883.6.59': ['CVX'],
  '2.16.840.1.113883.6.12': ['CPT4'],
  '2.16.840.1.113883.6.285': ['HCPCS'],
  '2.16.840.1.113883.6.14': ['HCPCS'],
  '2.16.840.1.113883.6.8': ['UCUM'],
  '2.16.840.1.113883.6.238': ['Race', 'Ethnicity'],
  '2.16.840.1.113883.6.50': ['CMS Place of Service'],
  '2.16.840.1.113883.6.43.1': ['ICDO3'],
  '2.16.840.1.113883.6.101': ['NUCC'],
  '2.16.840.1.113883.6.73': ['ATC'],
  '2.16.840.1.113883.6.301.3': ['Revenue Code'],
  '2.16.840.1.113883.6.13': ['CDT', 'HCPCS'],
  '2.16.840.1.113883.3.221.5': ['SOPT'],
  // What drugs carry beside RxNorm: Medi-Span's GPI (Epic), Multum's drug ids (Oracle Health), and, of allergens, NDF-RT.
  '2.16.840.1.113883.6.68': ['GPI'],
  '2.16.840.1.113883.6.314': ['Multum'],
  '2.16.840.1.113883.3.26.1.5': ['NDFRT'],
  '2.16.840.1.113883.6.345': ['MEDRT'],
};

/**
 * Vocabularies to look a code of `system` up in, in this order. `extra`: a connection's own systems, which win; `vendor`:
 * the proprietary ones of its EHR, by local vocabulary.
 */
export function vocabulariesFor(
  system: string,
  extra: Readonly<Record<string, string>> = {},
  vendor: Vendor = 'other',
): readonly string[] {
  const wanted = systemKey(system);
  const own = Object.keys(extra).find((uri) => systemKey(uri) === wanted);
  const vocabulary = own === undefined ? undefined : extra[own];
  if (vocabulary) return [vocabulary];
  return byKey(wanted) ?? localVocabulary(vendor, wanted);
}

function byKey(wanted: string): readonly string[] | undefined {
  // A SNOMED CT URI may name an edition and a version: http://snomed.info/sct/731000124108/version/20240301.
  const name = wanted.startsWith('snomed.info/sct/') ? 'snomed.info/sct' : wanted;
  return Object.hasOwn(VOCABULARIES, name) ? VOCABULARIES[name] : undefined;
}

/** There are few systems, and each is asked for at every coding. */
const keys = new Remembered<string>({ most: 1000, longest: 255 });

/** `HTTP://LOINC.org/` → `loinc.org`; `urn:oid:2.16…`, `oid:2.16…` and `2.16…` → `2.16…`. */
export function systemKey(system: string): string {
  const known = keys.get(system);
  if (known !== undefined) return known;
  const key = system
    .trim()
    .toLowerCase()
    .replace(/^(urn:)?oid:/, '')
    .replace(/^https?:\/\//, '');
  const bare = withoutSlashes(key);
  keys.set(system, bare);
  return bare;
}

/** By hand: a pattern would try every slash of a system that is full of them. */
function withoutSlashes(key: string): string {
  let end = key.length;
  while (key.charCodeAt(end - 1) === SLASH) end--;
  return key.slice(0, end);
}

const SLASH = 47;

/**
 * The guide's Code Prioritization Framework (f2o-034): the vocabulary of the domain first, classifications after it,
 * then other known vocabularies, local codes last.
 */
const ORDER = {
  clinical: ['SNOMED', 'LOINC', 'ICD10CM', 'ICD10', 'ICD9CM'],
  procedure: ['SNOMED', 'CPT4', 'HCPCS', 'ICD10PCS', 'LOINC', 'ICD9CM'],
  laboratory: ['LOINC', 'SNOMED', 'CPT4', 'HCPCS'],
  drug: ['RxNorm', 'RxNorm Extension', 'CVX', 'NDC', 'SNOMED', 'HCPCS', 'ATC'],
  vaccine: ['CVX', 'RxNorm', 'NDC', 'SNOMED', 'CPT4', 'ATC'],
} as const satisfies Record<string, readonly string[]>;

export type Preference = keyof typeof ORDER;

const OTHER_KNOWN = 100;
const LOCAL = 200;

/** Lower is better. */
export function rankOf(
  system: string | undefined,
  preference: Preference,
  settings: Pick<MappingSettings, 'codeSystems' | 'vendor'>,
): number {
  if (system === undefined) return LOCAL + 1;
  const [vocabulary] = vocabulariesFor(system, settings.codeSystems, settings.vendor);
  if (vocabulary === undefined) return LOCAL;
  const order: readonly string[] = ORDER[preference];
  const place = order.indexOf(vocabulary);
  return place === -1 ? OTHER_KNOWN : place;
}
