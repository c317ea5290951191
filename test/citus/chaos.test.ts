/**
 * Workers killed at random moments while they sync into a Citus cluster (test/chaos): the same as an undisturbed sync into
 * one Postgres. Runs where CITUS_URL names a cluster; KILLS=n kills more of them.
 */
import { describe, expect, it } from 'vitest';
import { newTally } from '../chaos/disturb.ts';
import { openGround } from '../chaos/ground.ts';
import { randomRound } from '../chaos/rounds.ts';
import { newDatabase } from '../database.ts';
import { CITUS_URL, newCitusDatabase } from './cluster.ts';

const kills = Number(process.env['KILLS'] ?? 20);

describe.skipIf(!CITUS_URL)('on Citus', () => {
  it('nothing is lost and nothing doubled, whenever workers die', async () => {
    const tally = newTally();
    for (let round = 1; tally.kills < kills; round++) {
      const calm = await newDatabase({ demo: true });
      const disturbed = await newCitusDatabase(CITUS_URL ?? '');
      const seed = `citus/${round}`;
      const ground = await openGround({ seed, patients: 6, databases: [calm.url, disturbed.url] });
      try {
        expect(await randomRound(ground, { seed, kills: kills - tally.kills, tally })).toEqual([]);
      } finally {
        await ground.close();
        await calm.drop();
        await disturbed.drop();
      }
    }
    expect(tally.kills).toBeGreaterThanOrEqual(kills);
  }, 1_800_000);
});
