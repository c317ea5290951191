/** In which order types are mapped: what others refer to before them. */
import { expect, it } from 'vitest';
import { DELETED_PHASE, ERROR_PHASE, LAST_PHASE, phaseOf } from '../../jobs/load/phases.ts';

it('maps places and contents, then staff and devices, then patients, their visits, and all the rest', () => {
  const types = ['Organization', 'Location', 'Medication', 'Substance', 'Practitioner', 'PractitionerRole'];
  expect([...types, 'Device', 'Patient', 'Encounter'].map(phaseOf)).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 3]);
  expect(['Observation', 'Group', '', null, undefined].map(phaseOf)).toEqual(Array(5).fill(LAST_PHASE));
});

it('applies deletions after all that was sent, and what went wrong after those', () => {
  expect([3, LAST_PHASE, DELETED_PHASE, ERROR_PHASE]).toEqual([3, 4, 5, 6]);
});
