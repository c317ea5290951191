/** Which vocabularies of OMOP a code system is, by the names under which servers send it; and which of several is taken. */
import { describe, expect, it, test } from 'vitest';
import { type Preference, rankOf, vocabulariesFor } from '../../jobs/map/read/code-systems.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'SNOMED, AMT, dm+d, SNOMED Veterinary, Nebraska Lexicon': [
    'http://snomed.info/sct',
    'http://snomed.info/sct/731000124108/version/20240301',
    'urn:oid:2.16.840.1.113883.6.96',
  ],
  LOINC: ['http://loinc.org', 'HTTP://LOINC.org/', 'urn:oid:2.16.840.1.113883.6.1', '2.16.840.1.113883.6.1'],
  'RxNorm, RxNorm Extension': [
    'http://www.nlm.nih.gov/research/umls/rxnorm',
    'urn:oid:2.16.840.1.113883.6.88',
  ],
  ICD10CM: ['http://hl7.org/fhir/sid/icd-10-cm', 'urn:oid:2.16.840.1.113883.6.90'],
  ICD10: ['http://hl7.org/fhir/sid/icd-10', 'oid:2.16.840.1.113883.6.3'],
  'ICD9CM, ICD9Proc': [
    'http://hl7.org/fhir/sid/icd-9-cm',
    'http://terminology.hl7.org/CodeSystem/ICD9',
    'urn:oid:2.16.840.1.113883.6.2',
    'urn:oid:2.16.840.1.113883.6.42',
  ],
  ICD9CM: ['urn:oid:2.16.840.1.113883.6.103'],
  ICD9Proc: ['http://hl7.org/fhir/sid/icd-9-cm/procedure', 'urn:oid:2.16.840.1.113883.6.104'],
  ICD10PCS: [
    'http://hl7.org/fhir/sid/icd-10-pcs',
    'http://www.cms.gov/Medicare/Coding/ICD10',
    'http://www.icd10data.com/icd10pcs',
    'urn:oid:2.16.840.1.113883.6.4',
  ],
  NDC: ['http://hl7.org/fhir/sid/ndc', 'urn:oid:2.16.840.1.113883.6.69'],
  CVX: ['http://hl7.org/fhir/sid/cvx', 'urn:oid:2.16.840.1.113883.12.292', 'urn:oid:2.16.840.1.113883.6.59'],
  CPT4: ['http://www.ama-assn.org/go/cpt', 'urn:oid:2.16.840.1.113883.6.12'],
  HCPCS: [
    'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    'http://terminology.hl7.org/CodeSystem/hcpcs-Level-II',
    'http://terminology.hl7.org/CodeSystem/hcpcs-all-codes',
    'urn:oid:2.16.840.1.113883.6.285',
    'urn:oid:2.16.840.1.113883.6.14',
  ],
  UCUM: ['http://unitsofmeasure.org', 'urn:oid:2.16.840.1.113883.6.8'],
  'Race, Ethnicity': ['urn:oid:2.16.840.1.113883.6.238'],
  'CMS Place of Service': [
    'https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set',
    'urn:oid:2.16.840.1.113883.6.50',
  ],
  ICDO3: [
    'http://hl7.org/fhir/sid/icd-o-3',
    'http://terminology.hl7.org/CodeSystem/icd-o-3',
    'urn:oid:2.16.840.1.113883.6.43.1',
  ],
  NUCC: ['http://nucc.org/provider-taxonomy', 'urn:oid:2.16.840.1.113883.6.101'],
  ATC: ['http://www.whocc.no/atc', 'urn:oid:2.16.840.1.113883.6.73'],
  'Revenue Code': ['https://www.nubc.org/CodeSystem/RevenueCodes', 'urn:oid:2.16.840.1.113883.6.301.3'],
  'CDT, HCPCS': ['http://www.ada.org/cdt', 'urn:oid:2.16.840.1.113883.6.13'],
  SOPT: ['https://nahdo.org/sopt', 'urn:oid:2.16.840.1.113883.3.221.5'],
  NDFRT: ['http://hl7.org/fhir/ndfrt', 'urn:oid:2.16.840.1.113883.3.26.1.5'],
  MEDRT: ['http://www.nlm.nih.gov/research/umls/MED-RT', 'urn:oid:2.16.840.1.113883.6.345'],
  GPI: ['http://terminology.hl7.org/CodeSystem/MGPI', 'urn:oid:2.16.840.1.113883.6.68'],
  'dm+d': ['https://dmd.nhs.uk'],
  Multum: ['urn:oid:2.16.840.1.113883.6.314'],
};

describe('a code system', () => {
  test.each(Object.entries(NAMES))('of %s is known by each of its names', (vocabularies, systems) => {
    for (const system of systems) {
      expect([system, ...vocabulariesFor(system)]).toEqual([system, ...vocabularies.split(', ')]);
    }
  });

  it('that only resembles one of them is none', () => {
    for (const system of [
      'http://snomed.info/sctx/1',
      'ftp://loinc.org',
      'http://example.org/http://loinc.org',
      'urn:uuid:2.16.840.1.113883.6.1',
      'x-oid:2.16.840.1.113883.6.1',
      'constructor',
    ]) {
      expect([system, ...vocabulariesFor(system)]).toEqual([system]);
    }
  });

  it('that the connection names goes first, however either is written', () => {
    const own = { 'https://LOINC.org/': 'House codes', 'urn:house': '' };
    expect(vocabulariesFor('http://loinc.org', own)).toEqual(['House codes']);
    expect(vocabulariesFor('http://snomed.info/sct', own)).toEqual(vocabulariesFor('http://snomed.info/sct'));
    expect(vocabulariesFor('urn:house', own)).toEqual([]);
  });
});

describe('of several codings', () => {
  const SYSTEM = Object.fromEntries(
    Object.entries(NAMES).map(([vocabularies, [system]]) => [vocabularies.split(', ')[0], system]),
  );
  const settings = { codeSystems: { 'urn:extension': 'RxNorm Extension' }, vendor: 'other' } as const;
  const ORDERS: readonly [Preference, string][] = [
    ['clinical', 'SNOMED LOINC ICD10CM ICD10 ICD9CM'],
    ['procedure', 'SNOMED CPT4 HCPCS ICD10PCS LOINC ICD9CM'],
    ['laboratory', 'LOINC SNOMED CPT4 HCPCS'],
    ['drug', 'RxNorm urn:extension CVX NDC SNOMED HCPCS ATC'],
    ['vaccine', 'CVX RxNorm NDC SNOMED CPT4 ATC'],
  ];

  test.each(ORDERS)(
    'a %s one is taken in this order: %s, others, local ones, and those of none',
    (preference, order) => {
      const systems = [
        ...order.split(' ').map((name) => SYSTEM[name] ?? name),
        SYSTEM['Multum'],
        'urn:local',
        undefined,
      ];
      const ranks = systems.map((system) => rankOf(system, preference, settings));
      expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
    },
  );
});
