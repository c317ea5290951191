import { afterAll, describe, expect, it } from 'vitest';
import { few, inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { retryRun } from '../world/verbs.ts';
import { drain, openTestWorld, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps, clock } = world;
afterAll(() => world.close());

async function site(): Promise<Site> {
  const made = await world.site();
  made.ehr.put(patient('p'));
  made.ehr.put(observation('o', 'p'));
  return made;
}

/** How often the run's step was tried and failed, by the log. */
function failures(runId: number): number {
  const lines = world.logged().split('\n').filter(Boolean);
  return lines
    .map((line): Record<string, unknown> => JSON.parse(line))
    .filter((line) => line['run_id'] === runId && String(line['code']).startsWith('postgres-')).length;
}

describe('a step that Postgres refuses', () => {
  few(it, 1).each([
    [
      'for a table that is gone',
      'alter table measurement rename to measurement_gone',
      '42P01',
      'copy measurement',
    ],
    [
      'for a constraint that no row fits',
      'alter table measurement add constraint nothing_fits check (false) not valid',
      '23514',
      'constraint nothing_fits',
    ],
  ])('%s fails its run at once, and a retry goes on when that is mended', async (_, break_, state, says) => {
    const one = await site();
    await sql.unsafe(break_);
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'map', error_code: `postgres-${state}` });
    expect(run['error_message']).toContain(says);
    expect(failures(run['run_id'])).toBe(1);
    await sql.unsafe('alter table if exists measurement_gone rename to measurement');
    await sql.unsafe('alter table measurement drop constraint if exists nothing_fits');
    await retryRun(deps, { connection_id: one.id, run_id: run['run_id'] });
    await drain(deps, clock);
    expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed', records_loaded: 2 });
  });

  inLongRun(it)('in a file of its own fails its run at once, and the error names the file', async () => {
    const one = await site();
    await sql`alter table condition_era rename to condition_era_gone`;
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'close', error_code: 'postgres-42P01' });
    expect(run['error_message']).toContain('sql/derive/');
    expect(failures(run['run_id'])).toBe(1);
    await sql`alter table condition_era_gone rename to condition_era`;
    await retryRun(deps, { connection_id: one.id, run_id: run['run_id'] });
    await drain(deps, clock);
    expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed' });
  });

  inLongRun(it)(
    'because it could not have a lock is tried as long as what may pass, and goes on then',
    async () => {
      const one = await site();
      await sql.unsafe(`
      create function busy() returns trigger language plpgsql as
      $$ begin raise exception 'busy' using errcode = '55P03'; end $$`);
      await sql`create trigger busy before insert on measurement for each row execute function busy()`;
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'failed', error_step: 'map', error_code: 'postgres-55P03' });
      expect(failures(run['run_id'])).toBe(12);
      await sql`drop trigger busy on measurement`;
      await retryRun(deps, { connection_id: one.id, run_id: run['run_id'] });
      await drain(deps, clock);
      expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed', records_loaded: 2 });
    },
  );
});
