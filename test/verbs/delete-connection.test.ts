/** A connection deleted with all that it loaded, and nothing of anybody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteResourcesInTx, STAGES } from '../../jobs/load/take-out/delete-resources.ts';
import { startDeletionInTx } from '../../jobs/operator/delete-connection.ts';
import { runJob } from '../../jobs/workers.ts';
import { migrate } from '../../sql/migrate.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { encounter, observation, patient, practitioner, to } from '../world/record.ts';
import { cancelRun } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld, returnJobsOfTheDead, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps, clock } = world;
afterAll(() => world.close());
// An order of deletion that leaves anything pointing at nothing is refused at its commit.
beforeAll(async () => {
  await migrate(sql, world.database.schemas, { constraints: true });
});

const population = { seed: 'delete', patients: LONG_RUN ? 12 : 1 };

/** With visits of parts, which point at one another. */
async function site(): Promise<Site> {
  const made = await world.site({ population, config: { limits: { chunk_bytes: 65_536 } } });
  made.ehr.put(patient('x'));
  made.ehr.put(encounter('whole', 'x'));
  made.ehr.put(
    encounter('before', 'x', { period: { start: '2026-02-01T10:00:00Z', end: '2026-02-01T11:00:00Z' } }),
  );
  for (const id of ['part', 'other-part'])
    made.ehr.put(encounter(id, 'x', { partOf: to('Encounter', 'whole') }));
  made.ehr.put(encounter('part-of-a-part', 'x', { partOf: to('Encounter', 'part') }));
  return made;
}

async function start(one: Site): Promise<number> {
  return await sql.begin((tx) =>
    startDeletionInTx(tx, deps, { connection_id: one.id, triggered_by: 'test' }),
  );
}

const connections = async () =>
  (await sql`select connection_id from connection order by 1`).map((row) => row['connection_id']);

/** Tables of ours that still name this connection, and rows of facts that point at nobody. */
async function traces(connectionId: number): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select c.table_name as name from information_schema.columns c join pg_tables t
      on t.schemaname = c.table_schema and t.tablename = c.table_name
    where c.table_schema = 'ehr_sync' and c.column_name = 'connection_id'`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql`select 1 from ${sql(name)} where connection_id = ${connectionId} limit 1`;
    if (rows.length > 0) found.push(name);
  }
  const [facts] = await sql`
    select (select count(*) from fact_relationship)::int - (select count(*) from written_fact)::int as n`;
  if (facts?.['n'] !== 0) found.push(`fact_relationship: ${facts?.['n']}`);
  const [histories] = await sql`
    select count(*)::int as n from resource_history h
    where not exists (select 1 from resource r where r.resource_key = h.resource_key)`;
  if (histories?.['n'] !== 0) found.push('resource_history');
  return found;
}

describe('the deletion of a connection', () => {
  it('takes out every row that it loaded, with workers that die and jobs that come twice, and no row of another', async () => {
    const [kept, deleted] = [await site(), await site()];
    await kept.sync();
    await deleted.sync();
    deleted.ehr.change('a day', { patients: 6 });
    await deleted.sync();
    const before = await contentOf(sql, kept.id);
    const gone = sizes(await contentOf(sql, deleted.id));
    expect(gone['measurement']).toBeGreaterThan(LONG_RUN ? 100 : 30);
    expect(gone['observation_period']).toBeGreaterThan(population.patients / 2);
    expect(gone['visit_detail']).toBeGreaterThan(0);

    await start(deleted);
    let jobs = 0;
    for (let fetched = await fetchOne(deps); fetched; fetched = await fetchOne(deps)) {
      if (jobs % 4 === 1) {
        await returnJobsOfTheDead(deps);
        await sql`update pgboss.job set start_after = now() where state = 'retry'`;
      }
      await runJob(deps, fetched.name, fetched.job);
      await runJob(deps, fetched.name, fetched.job);
      jobs++;
    }
    expect(jobs).toBeGreaterThan(8);
    expect(await connections()).toEqual([kept.id]);
    expect(await traces(deleted.id)).toEqual([]);
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    expect(await contentOf(sql, kept.id)).toEqual(before);
    expect((await sql`select cdm_source_name from cdm_source`).map((row) => Object.values(row))).toEqual([
      [`Site ${kept.id}`],
    ]);
    expect(await kept.sync()).toMatchObject({ status: 'completed', records_failed: 0 });
  });

  inLongRun(it)(
    'that is cancelled half way leaves a connection whose next sync asks for everything',
    async () => {
      const one = await site();
      await one.sync();
      const before = await contentOf(sql, one.id);
      const runId = await start(one);
      expect(await sql`select is_active from connection where connection_id = ${one.id}`).toEqual([
        { is_active: false },
      ]);
      for (let n = 0; n < 2; n++) {
        const fetched = await fetchOne(deps);
        if (fetched) await runJob(deps, fetched.name, fetched.job);
      }
      await cancelRun(deps, { connection_id: one.id, run_id: runId });
      await drain(deps, clock);
      expect((await runOf(sql, runId))['status']).toBe('cancelled');
      expect(await contentOf(sql, one.id)).not.toEqual(before);
      await sql`update connection set is_active = true where connection_id = ${one.id}`;
      expect(await one.sync()).toMatchObject({ status: 'completed', mode: 'full', records_failed: 0 });
      expect(await contentOf(sql, one.id)).toEqual(before);
    },
  );

  inLongRun(it)('may be cut anywhere: no resource points at one that went in a batch before it', async () => {
    const one = await world.site();
    one.ehr.load([
      { resourceType: 'Location', id: 'ward', name: 'Ward', address: { state: 'MA', postalCode: '02139' } },
      { resourceType: 'Organization', id: 'clinic', name: 'Clinic', address: [{ state: 'MA' }] },
      practitioner('doctor'),
      {
        resourceType: 'PractitionerRole',
        id: 'role',
        practitioner: to('Practitioner', 'doctor'),
        organization: to('Organization', 'clinic'),
      },
      patient('p', { address: [{ state: 'NY' }], generalPractitioner: [to('Practitioner', 'doctor')] }),
      ...['first', 'second', 'third'].map((id, n) =>
        encounter(id, 'p', {
          period: { start: `2026-02-0${3 - n}T10:00:00Z`, end: `2026-02-0${3 - n}T11:00:00Z` },
          location: [{ location: to('Location', 'ward') }],
        }),
      ),
      encounter('part', 'p', { partOf: to('Encounter', 'part-of-it') }),
      encounter('part-of-it', 'p', { partOf: to('Encounter', 'third') }),
      observation('o', 'p', { encounter: to('Encounter', 'first') }),
    ]);
    expect(await one.sync()).toMatchObject({ status: 'completed', records_failed: 0 });
    const content = await contentOf(sql, one.id);
    const pointers = [
      'care_site_id',
      'location_id',
      'preceding_visit_occurrence_id',
      'parent_visit_detail_id',
    ];
    const rows = Object.values(content).flat();
    expect(pointers.filter((name) => !rows.some((row) => row.includes(` ${name}=`)))).toEqual([]);
    for (let stage = 0; stage < STAGES; stage++) {
      let last: number | undefined = 0;
      while (last !== undefined) {
        const after: number = last;
        last = await sql.begin((tx) =>
          deleteResourcesInTx(tx, { connectionId: one.id, stage, after, limit: 1 }),
        );
        expect(await orphans(sql)).toEqual([]);
      }
    }
    expect(await sql`select 1 from resource where connection_id = ${one.id}`).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    await start(one);
    await drain(deps, clock);
    expect(await connections()).not.toContain(one.id);
  });

  it('keeps what several connections call the same source', async () => {
    const connection = { target_source: 'Both' };
    const [kept, deleted] = [await world.site({ connection }), await world.site({ connection })];
    for (const one of [kept, deleted]) {
      one.ehr.load([patient('p'), observation('o', 'p', { code: { text: 'said by hand' } })]);
      await one.sync();
    }
    const source = () => sql`select cdm_source_name from cdm_source where cdm_source_name = 'Both'`;
    const text = () => sql`select code from source_code where system = 'text' and code = 'said by hand'`;
    await start(deleted);
    await drain(deps, clock);
    expect([(await source()).length, (await text()).length]).toEqual([1, 1]);
    await start(kept);
    await drain(deps, clock);
    expect([(await source()).length, (await text()).length]).toEqual([0, 0]);
  });
});
