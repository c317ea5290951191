/** Whose a resource is: what is purged with a patient, and what of a blocked one is not loaded. */
import { expect, test } from 'vitest';
import { patientsOf } from '../../jobs/map/read/patient-of.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';

const of = (more: object) => patientsOf({ resourceType: 'Observation', id: 'r', ...more }, DEFAULT_SETTINGS);
const to = (id: string) => ({ reference: `Patient/${id}` });

test('a Patient is its own', () => {
  expect(of({ resourceType: 'Patient', id: 'p1', subject: to('p2') })).toEqual(['p1']);
  expect(of({ resourceType: 'Patient', id: 7 })).toEqual([]);
});

test.each(['subject', 'patient', 'beneficiary', 'for', 'individual', 'securityContext'])(
  '%s names whose it is',
  (element) => {
    expect(of({ [element]: to('p1') })).toEqual(['p1']);
    expect(of({ [element]: [to('p1'), to('p2')] })).toEqual(['p1', 'p2']);
  },
);

test('an Appointment or AuditEvent may name several by several elements', () => {
  expect(of({ patient: to('p1'), subject: to('p2') })).toEqual(['p2', 'p1']);
});

test('what came out of a Bundle names its patient by uuid', () => {
  expect(of({ subject: { reference: 'urn:uuid:0001' } })).toEqual(['0001']);
});

test('nobody is named by another type, an identifier, or nothing', () => {
  expect(of({ subject: { reference: 'Group/g' } })).toEqual([]);
  expect(of({ subject: { type: 'Patient', identifier: { system: 'urn:mrn', value: '1' } } })).toEqual([]);
  expect(of({ subject: { reference: '#p' } })).toEqual([]);
  expect(of({ subject: 'Patient/p1', performer: [to('p1')] })).toEqual([]);
});
