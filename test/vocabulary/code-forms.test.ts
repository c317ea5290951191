import { describe, expect, it } from 'vitest';
import { vocabulariesFor } from '../../jobs/map/read/code-systems.ts';
import { normalise } from '../../jobs/vocabulary/resolve/code-forms.ts';

/** With the vocabularies of extensions that OMOP keeps apart. */
const SNOMED = ['SNOMED', 'AMT', 'dm+d', 'SNOMED Veterinary', 'Nebraska Lexicon'];

describe('a code system', () => {
  it.each([
    ['http://snomed.info/sct', SNOMED],
    ['http://snomed.info/sct/731000124108/version/20240301', SNOMED],
    ['http://snomed.info/sct/900062011000036103', SNOMED],
    ['https://dmd.nhs.uk', ['dm+d']],
    ['http://fhir.de/CodeSystem/bfarm/icd-10-gm', ['ICD10GM']],
    ['http://fhir.de/CodeSystem/dimdi/icd-10-gm', ['ICD10GM']],
    ['http://fhir.de/CodeSystem/bfarm/ops', ['OPS']],
    ['http://fhir.de/CodeSystem/bfarm/atc', ['ATC']],
    ['HTTPS://LOINC.ORG/', ['LOINC']],
    [' http://loinc.org ', ['LOINC']],
    ['http://www.nlm.nih.gov/research/umls/rxnorm', ['RxNorm', 'RxNorm Extension']],
    ['http://hl7.org/fhir/sid/icd-9-cm', ['ICD9CM', 'ICD9Proc']],
    ['http://www.cms.gov/Medicare/Coding/ICD10', ['ICD10PCS']],
    ['https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets', ['HCPCS']],
    [
      'https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set',
      ['CMS Place of Service'],
    ],
    ['urn:oid:2.16.840.1.113883.6.96', SNOMED],
    ['urn:oid:2.16.840.1.113883.6.1', ['LOINC']],
    ['urn:oid:2.16.840.1.113883.6.88', ['RxNorm', 'RxNorm Extension']],
    ['urn:oid:2.16.840.1.113883.6.90', ['ICD10CM']],
    ['urn:oid:2.16.840.1.113883.6.103', ['ICD9CM']],
    ['URN:OID:2.16.840.1.113883.6.12', ['CPT4']],
    ['oid:2.16.840.1.113883.6.69', ['NDC']],
    ['2.16.840.1.113883.12.292', ['CVX']],
    ['urn:oid:2.16.840.1.113883.6.238', ['Race', 'Ethnicity']],
    ['urn:oid:2.16.840.1.113883.6.59', ['CVX']],
    ['urn:oid:2.16.840.1.113883.6.42', ['ICD9CM', 'ICD9Proc']],
    ['urn:oid:2.16.840.1.113883.6.68', ['GPI']],
    ['urn:oid:2.16.840.1.113883.6.314', ['Multum']],
    ['urn:oid:2.16.840.1.113883.3.26.1.5', ['NDFRT']],
    ['http://www.ada.org/cdt', ['CDT', 'HCPCS']],
    ['http://hospital.example/labs', []],
    ['constructor', []],
    ['', []],
  ])('%s is looked up in %j', (system, vocabularies) => {
    expect(vocabulariesFor(system)).toEqual(vocabularies);
  });

  it('of a connection goes before the known ones, and is as tolerant', () => {
    const extra = {
      'urn:oid:1.2.840.114350.1.13.0.1.7.2.696580': 'EPIC_EAP',
      'http://loinc.org': 'MY_LOINC',
    };
    expect(vocabulariesFor('1.2.840.114350.1.13.0.1.7.2.696580', extra)).toEqual(['EPIC_EAP']);
    expect(vocabulariesFor('https://loinc.org/', extra)).toEqual(['MY_LOINC']);
    expect(vocabulariesFor('http://snomed.info/sct', extra)[0]).toBe('SNOMED');
  });
});

describe('the forms of a code', () => {
  it.each([
    ['NDC', '0002-1433-80', ['00002143380']],
    ['NDC', '50242-041-21', ['50242004121']],
    ['NDC', '60575-4112-1', ['60575411201']],
    ['NDC', '00002-1433-80', ['00002143380']],
    ['NDC', '0002-1433', ['000021433']],
    ['NDC', '0002143380', ['00002143380', '00021043380', '00021433800']],
    ['NDC', '00002143380', []],
    ['NDC', ' 00002 143380 ', ['00002143380']],
    ['NDC', '1-2-3-4', []],
    ['NDC', 'aspirin', []],
    ['NDC', '123456-1234-12', []],
    ['ICD10CM', 'e119', ['E11.9']],
    ['ICD10CM', 'E11.9', []],
    ['ICD10CM', 'E11.', ['E11']],
    ['ICD10CM', 'I10', []],
    ['ICD10CM', 'S72001A', ['S72.001A']],
    ['ICD9CM', '25000', ['250.00']],
    ['ICD9CM', 'E8490', ['E849.0']],
    ['ICD9CM', 'V270', ['V27.0']],
    ['ICD9Proc', '4513', ['45.13']],
    ['ICD10PCS', '0dtj4zz', ['0DTJ4ZZ']],
    ['CVX', '8', ['08']],
    ['CVX', '008', ['08']],
    ['CVX', '0140', ['140']],
    ['CVX', '20', []],
    ['ICD10CM', 'E11 .9', ['E11.9']],
    ['SNOMED', '44054006 \u00a0', []],
    ['SNOMED', '440 54006', ['44054006']],
    ['UCUM', '10 mg', []],
    ['CPT4', '0001f', ['0001F']],
    ['UCUM', 'mm[hg]', []],
    ['LOCAL', 'aB', []],
  ])('in %s of %j are also %j', (vocabulary, code, guesses) => {
    expect(normalise(vocabulary, code)).toEqual({ asSent: code.trim(), guesses });
  });
});
