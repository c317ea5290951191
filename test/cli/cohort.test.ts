import { describe, expect, it } from 'vitest';
import { readCohort } from '../../app/cli/cohort.ts';

describe('a file with a cohort', () => {
  it('has a patient a line: an id, or system|value', () => {
    expect(readCohort('\uFEFFe1\r\n\r\nurn:mrn|7\ne2\n')).toEqual({
      patients: ['e1', 'e2'],
      identifiers: ['urn:mrn|7'],
    });
  });

  it('or values of one system in the first column of a CSV, under a heading or none', () => {
    const identifiers = ['urn:mrn|7', 'urn:mrn|8'];
    expect(readCohort('MRN,name\n7,Doe\n"8";x\n', 'urn:mrn')).toEqual({ patients: [], identifiers });
    expect(readCohort('7\n8', 'urn:mrn')).toEqual({ patients: [], identifiers });
  });
});
