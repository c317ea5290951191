/** What a worker remembers of targets that it has found: by run, of the runs that it met last, and not without end. */
import { expect, it } from 'vitest';
import { createReferenceMemory } from '../../jobs/load/reference-memory.ts';

it('remembers four runs, and then forgets the one that it met first', () => {
  const memory = createReferenceMemory();
  for (const run of [1, 2, 3, 4]) memory.of(run).set('Patient', 'p', { key: run, row_tables: 1 });
  const keys = () => [1, 2, 3, 4].map((run) => memory.of(run).get('Patient', 'p')?.key);
  expect(keys()).toEqual([1, 2, 3, 4]);

  memory.of(5);
  expect([2, 3, 4].map((run) => memory.of(run).get('Patient', 'p')?.key)).toEqual([2, 3, 4]);
  expect(memory.of(1).get('Patient', 'p')).toBeUndefined();
});

it('forgets everything when it has more than 100,000 answers, of whichever runs', () => {
  const memory = createReferenceMemory();
  const found = { key: 1, row_tables: 1 };
  for (let n = 0; n < 50_000; n++) {
    memory.of(1).set('Patient', String(n), found);
    memory.of(2).set('Encounter', String(n), found);
  }
  expect([memory.of(1).size, memory.of(2).size]).toEqual([50_000, 50_000]);
  memory.of(1).set('Patient', 'one more', found);
  expect([memory.of(2).size, memory.of(1).size]).toEqual([0, 0]);
});
