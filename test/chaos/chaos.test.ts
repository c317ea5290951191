/**
 * The short version of `npm run chaos`: worker processes are killed in the middle of syncs, on databases of
 * the suite, which has one death; those at random moments are of the long run (npm run soak).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { newDatabase } from '../database.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { newTally } from './disturb.ts';
import { type Ground, type GroundOptions, openGround } from './ground.ts';
import { commitRound, randomRound } from './rounds.ts';
import { differences, stateOf, verdict } from './state.ts';

/** By hand there are by far more (npm run chaos). */
const KILLS = 20;
const DEATHS = ['before:9', 'after:9', 'before:14', 'after:14'];
const CRAWL_DEATHS = ['before:1', 'after:1', 'before:20', 'after:30'];
const open: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of open.reverse()) await close();
});

describe('a sync whose workers are killed', () => {
  inLongRun(it)(
    'ends as an undisturbed one, whatever they were doing',
    async () => {
      const ground = await newGround('chaos', 4);
      const tally = newTally();
      for (let round = 1; tally.kills < KILLS; round++) {
        const seed = `suite/${round}`;
        expect(await randomRound(ground, { seed, kills: KILLS - tally.kills, tally })).toEqual([]);
      }
      expect(tally.kills).toBeGreaterThanOrEqual(KILLS);
      const { sql, deps, connectionId } = ground.disturbed;
      const state = await stateOf(deps, connectionId);
      expect(state['person']?.length).toBe(ground.ehr.count('Patient'));
      expect(state['measurement']?.length).toBeGreaterThan(50);

      // What says "the same" must also be able to say "not the same".
      await sql`update measurement set value_as_number = coalesce(value_as_number, 0) + 1
      where measurement_id = (select min(measurement_id) from measurement)`;
      await sql`delete from unmapped_use where resource_key = (select min(resource_key) from unmapped_use)`;
      const found = differences(state, await stateOf(deps, connectionId)).join('\n');
      expect(found).toMatch(/measurement: missing after chaos: measurement_id=\S+ row 0/);
      expect(found).toMatch(/measurement: only after chaos/);
      expect(found).toMatch(/unmapped_use: missing after chaos/);
      await sql`insert into touched_persons (run_id, person_ids) select max(run_id), '{1}' from run`;
      expect(await verdict(sql)).toEqual([expect.stringMatching(/^persons not derived/)]);
    },
    300_000,
  );

  inLongRun(it)(
    'ends as an undisturbed one, where no resource says when it changed',
    async () => {
      const ground = await newGround('no time', 3, { lastUpdated: false });
      const tally = newTally();
      for (let round = 1; tally.kills < KILLS; round++) {
        const seed = `no time/${round}`;
        expect(await randomRound(ground, { seed, kills: KILLS - tally.kills, tally })).toEqual([]);
      }
    },
    300_000,
  );

  inLongRun(it)(
    'ends as an undisturbed one, where their threads are killed, too',
    async () => {
      const ground = await newGround('threads', 2, { threads: 2 });
      const tally = newTally();
      for (let round = 1; tally.threads === 0; round++) {
        const seed = `threads/${round}`;
        expect(await randomRound(ground, { seed, kills: KILLS, tally })).toEqual([]);
      }
    },
    300_000,
  );

  few(it, 1).each(DEATHS)('goes on where a lone worker died: %s', async (die) => {
    const ground = await newGround('lone', LONG_RUN ? 2 : 1);
    const tally = newTally();
    const successors = LONG_RUN ? 2 : 1;
    expect(await commitRound(ground, { die, tally, successors })).toEqual([]);
    expect(tally.kills).toBe(1);
  });

  inLongRun(it).each(CRAWL_DEATHS)(
    'goes on where a lone worker died that asked by searches: %s',
    async (die) => {
      const ground = await newGround('crawl', 1, { crawls: true });
      const tally = newTally();
      expect(await commitRound(ground, { die, tally })).toEqual([]);
      expect(tally.kills).toBe(1);
    },
  );
});

inLongRun(describe)('a sync that asks for what its exports leave out, whose workers are killed', () => {
  it('ends as an undisturbed one', async () => {
    const ground = await newGround('left out', 2, { hydrates: true });
    const tally = newTally();
    expect(await randomRound(ground, { seed: 'left out', kills: 4, tally })).toEqual([]);
    const { deps, connectionId } = ground.disturbed;
    const state = await stateOf(deps, connectionId);
    expect(state['hydration_count']?.map((line) => line.split(' ')[0])).toContain('Medication');
    expect(state['medication_content']?.length).toBeGreaterThan(1);
  }, 300_000);
});

inLongRun(describe)('an import of Bundles whose workers are killed', () => {
  it('ends as an undisturbed one, whatever they were doing', async () => {
    const ground = await newGround('bundles', 4, { unpacks: true });
    const tally = newTally();
    expect(await randomRound(ground, { seed: 'bundles', kills: 8, tally })).toEqual([]);
    expect(tally.kills).toBeGreaterThan(3);
    const { deps, connectionId } = ground.disturbed;
    expect((await stateOf(deps, connectionId))['person']?.length).toBe(ground.ehr.count('Patient'));
  }, 300_000);

  it.each(['before:1', 'after:2', 'before:4', 'after:6'])(
    'goes on where a lone worker died: %s',
    async (die) => {
      const ground = await newGround('lone bundles', 2, { unpacks: true });
      const tally = newTally();
      expect(await commitRound(ground, { die, tally })).toEqual([]);
      expect(tally.kills).toBe(1);
    },
  );
});

inLongRun(describe)('a sync beside one of some patients, whose workers are killed', () => {
  it('ends as one undisturbed sync, whatever they were doing', async () => {
    const ground = await newGround('beside', 3, { patientsBeside: true, hydrates: true });
    const tally = newTally();
    expect(await randomRound(ground, { seed: 'beside', kills: 8, tally })).toEqual([]);
    expect(tally.kills).toBeGreaterThan(3);
  }, 300_000);

  it.each(['before:6', 'after:12', 'before:25', 'after:40'])(
    'goes on where a lone worker died: %s',
    async (die) => {
      const ground = await newGround('lone beside', 2, { patientsBeside: true });
      const tally = newTally();
      expect(await commitRound(ground, { die, tally })).toEqual([]);
      expect(tally.kills).toBe(1);
    },
  );
});

async function newGround(
  seed: string,
  patients: number,
  kind: Partial<
    Pick<GroundOptions, 'crawls' | 'hydrates' | 'patientsBeside' | 'unpacks' | 'lastUpdated' | 'threads'>
  > = {},
): Promise<Ground> {
  const databases = [await newDatabase({ demo: true }), await newDatabase({ demo: true })] as const;
  const ground = await openGround({
    seed,
    patients,
    ...kind,
    databases: [databases[0].url, databases[1].url],
  });
  open.push(async () => {
    await ground.close();
    for (const database of databases) await database.drop();
  });
  return ground;
}
