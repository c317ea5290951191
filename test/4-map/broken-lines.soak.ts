/** Broken lines through the whole load. More, and others, by hand: BROKEN_LINES=100000 SEED=mine npm run soak -- broken. */
import { afterAll, expect, it } from 'vitest';
import { openTestWorld } from '../world/world.ts';
import { loadBroken } from './load-broken-lines.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const count = Number(process.env['BROKEN_LINES'] || 20_000);

it(
  `${count} broken lines are all accounted for, and no step is tried again for one of them`,
  async () => {
    const seed = process.env['SEED'] || 'soak';
    for (const { run, lines, reasons, unknown, retried } of await loadBroken(world, { seed, count })) {
      const { records_loaded, records_excluded, records_failed, records_parked, records_unchanged } = run;
      console.log({
        lines,
        records_loaded,
        records_excluded,
        records_failed,
        records_parked,
        records_unchanged,
        reasons,
      });
      expect([retried, unknown]).toEqual([undefined, []]);
      expect(run).toMatchObject({ status: 'completed', records_extracted: lines });
    }
  },
  300_000 + 40 * count,
);
