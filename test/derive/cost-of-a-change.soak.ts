import { afterAll, expect, it } from 'vitest';
import type { Deps } from '../../jobs/step/deps.ts';
import { tick } from '../../jobs/tick.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { multiplyPersons } from '../bench/more-persons.ts';
import { drain, openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

/** The same worker, adding up by table how many rows its transactions read. */
function counting(deps: Deps): { readonly deps: Deps; take(): Map<string, number> } {
  let read = new Map<string, number>();
  const soFar = async (tx: Tx) =>
    await tx<{ name: string; rows: number }[]>`
      select relname as name, seq_tup_read + coalesce(idx_tup_fetch, 0) as rows
      from pg_stat_xact_user_tables where schemaname in ('cdm', 'ehr_sync')`;
  const begin = (work: (tx: Tx) => unknown) =>
    deps.sql.begin(async (tx) => {
      // A table of a few pages is read whole at once; here it stands for one that is not.
      await tx`set local enable_seqscan = off`;
      // What the session has read before may not have been given to the statistics yet.
      const before = new Map((await soFar(tx)).map(({ name, rows }) => [name, rows]));
      const result = await work(tx);
      for (const { name, rows } of await soFar(tx)) {
        read.set(name, (read.get(name) ?? 0) + rows - (before.get(name) ?? 0));
      }
      return result;
    });
  const counted = new Proxy(deps.sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  }) as Sql;
  return {
    deps: { ...deps, sql: counted },
    take() {
      const taken = new Map([...read].filter(([, rows]) => rows > 0));
      read = new Map();
      return taken;
    },
  };
}

const sum = (read: ReadonlyMap<string, number>) => [...read.values()].reduce((all, rows) => all + rows, 0);

it('a sync in which one patient changed reads as many rows whether there are a hundred persons or a thousand', async () => {
  // Noon, so that no day begins between the syncs: stays that go on would grow.
  clock.advance(36 * 3600 - ((clock().getTime() / 1000) % (24 * 3600)));
  const site = await world.site({ population: { seed: 'change', patients: 5 } });
  await site.sync();
  const watched = counting(world.deps);
  const [one] = await sql<{ fhir_id: string }[]>`
    select fhir_id from resource where resource_type = 'Patient' order by fhir_id limit 1`;
  const readByOneChange = async (deceased: string) => {
    await sql`vacuum (analyze)`;
    clock.advance(60);
    const patient = site.ehr.get('Patient', one?.fhir_id ?? '');
    if (!patient) throw new Error('the population has no patient');
    site.ehr.put({ ...patient, deceasedDateTime: deceased });
    const runId = await site.start();
    await drain(watched.deps, clock, () => tick(watched.deps, () => false));
    const [run] = await sql`select status, records_loaded from run where run_id = ${runId}`;
    expect(run).toEqual({ status: 'completed', records_loaded: 1 });
    return watched.take();
  };
  await multiplyPersons(sql, 20);
  const among100 = await readByOneChange('2026-10-01');
  await multiplyPersons(sql, 10);
  const among1000 = await readByOneChange('2026-10-02');
  const dearer = [...among1000].filter(([name, rows]) => rows > 2 * (among100.get(name) ?? 0) + 100);
  expect(dearer.map(([name, rows]) => `${name}: ${among100.get(name) ?? 0} → ${rows}`)).toEqual([]);
  expect(sum(among1000)).toBeLessThan(1.3 * sum(among100));
});
