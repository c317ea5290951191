/** A few of what map-mutations.ts does by the hundred thousand, on the population of the simulated EHR. */
import { expect, it } from 'vitest';
import { population } from '../ehr/population.ts';
import { mapBroken } from './cases/mutate.ts';

it('maps a thousand broken resources without throwing, losing one, or giving a row that the database refuses', () => {
  const resources = [...population({ seed: 'mutations', patients: 3 })];
  const { outcomes, faults } = mapBroken('suite', resources, 1000);
  expect(faults).toEqual([]);
  expect(Object.keys(outcomes).sort()).toEqual(['excluded', 'failed', 'rows']);
  expect(Object.values(outcomes).reduce((sum, n) => sum + n, 0)).toBe(1000);
});
