/**
 * Histories of creations, changes, deletions, merges, late references and new releases (test/history) on a Citus cluster.
 * Runs where CITUS_URL names one; HISTORIES=n plays more of them.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { history, playHistory } from '../history/play.ts';
import { openTestWorld } from '../world/world.ts';
import { CITUS_URL, newCitusDatabase } from './cluster.ts';

describe.skipIf(!CITUS_URL)('on Citus', async () => {
  if (!CITUS_URL) return;
  const world = await openTestWorld({ database: await newCitusDatabase(CITUS_URL) });
  afterAll(() => world.close());

  it('a history synced in portions leaves what one full sync of its end leaves', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (events) => {
        expect(await playHistory(world, events)).toEqual([]);
      }),
      {
        endOnFailure: true,
        numRuns: Number(process.env['HISTORIES'] ?? 3),
        seed: Number(process.env['SEED'] ?? 20261130),
      },
    );
  }, 3_600_000);
});
