/** Which errors of a commit pass when it is done again, and how often that is tried. */
import { expect, it, test } from 'vitest';
import { MustBeAlone } from '../../jobs/load/compare/seen-unchanged.ts';
import { Collision } from '../../jobs/load/load-chunk.ts';
import { commitThroughCollisions } from '../../jobs/load/through-collisions.ts';
import { syncError } from '../../jobs/step/errors.ts';

/** How often a commit is tried that fails so often with this error, and whether it succeeds in the end. */
async function tries(error: Error, failures: number): Promise<{ tried: number; done: boolean }> {
  let tried = 0;
  const commit = async () => {
    tried++;
    if (tried <= failures) throw error;
  };
  const done = await commitThroughCollisions(commit, async () => undefined).then(
    () => true,
    (thrown) => {
      expect(thrown).toBe(error);
      return false;
    },
  );
  return { tried, done };
}

test.each([
  ['two chunks with one resource', new Collision()],
  ['a chunk that another has contradicted', new MustBeAlone()],
  ['a key that another has just written', Object.assign(new Error('duplicate key'), { code: '23505' })],
  ['the local maps being edited', syncError('vocabulary-moved', {}, { retryAfterSeconds: 0 })],
])('%s passes: up to ten tries in all', async (_, error) => {
  expect(await tries(error, 0)).toEqual({ tried: 1, done: true });
  expect(await tries(error, 1)).toEqual({ tried: 2, done: true });
  expect(await tries(error, 9)).toEqual({ tried: 10, done: true });
  expect(await tries(error, 10)).toEqual({ tried: 10, done: false });
});

it('each try is told what the one before it came to', async () => {
  const errors = [new Collision(), new MustBeAlone()];
  const told: unknown[] = [];
  await commitThroughCollisions(
    async (work) => await work(undefined as never),
    async (_, before) => {
      told.push(before);
      const error = errors[told.length - 1];
      if (error) throw error;
    },
  );
  expect(told).toEqual([undefined, ...errors]);
});

it('what would fail again is not tried again', async () => {
  expect(await tries(new Error('broken'), 1)).toEqual({ tried: 1, done: false });
  const refused = Object.assign(new Error('not null'), { code: '23502' });
  expect(await tries(refused, 1)).toEqual({ tried: 1, done: false });
  expect(await tries(syncError('vocabulary-not-loaded', {}), 1)).toEqual({ tried: 1, done: false });
  const alike = Object.assign(new Error('of the same code'), { code: 'vocabulary-moved' });
  expect(await tries(alike, 1)).toEqual({ tried: 1, done: false });
});
