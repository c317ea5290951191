/**
 * What operators do, and what a vocabulary, a merge and a comparison do, on a Citus cluster and on one Postgres: the same
 * EHR, the same answers. Runs where CITUS_URL names a cluster.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../jobs/operator/doctor.ts';
import { checkEveryone } from '../../jobs/quality/check.ts';
import { loadRelease } from '../remap/release.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { othersRowsOf, writeOthersRows } from '../world/others-rows.ts';
import { to } from '../world/record.ts';
import { startPurge, startRemap } from '../world/verbs.ts';
import { drain, openTestWorld, type Site, type World } from '../world/world.ts';
import { CITUS_URL, loadDemoVocabulary, newCitusDatabase } from './cluster.ts';

describe.skipIf(!CITUS_URL)('on Citus as on one Postgres', () => {
  let worlds: World[] = [];
  let sites: Site[] = [];
  beforeAll(async () => {
    const plain = await openTestWorld();
    const database = await newCitusDatabase(CITUS_URL ?? '');
    const spread = await openTestWorld({ database, clock: plain.clock });
    worlds = [plain, spread];
    sites = await Promise.all(
      worlds.map((world) => world.site({ population: { seed: 'citus', patients: 8 } })),
    );
  }, 300_000);
  afterAll(async () => {
    for (const world of worlds.toReversed()) await world.close();
  });

  /** Does it on both, and compares: how runs ended, what the CDM holds, what the checks found. */
  async function both(work: (world: World, site: Site) => Promise<void>): Promise<void> {
    const [first, second] = worlds;
    first?.clock.advance(3600);
    for (const [at, world] of worlds.entries()) {
      const site = sites[at];
      if (!site) throw new Error('no site');
      await work(world, site);
      await drain(world.deps, world.clock);
    }
    const told = await Promise.all(worlds.map((world, at) => stateOf(world, sites[at]?.id ?? 0)));
    expect(told[1]).toEqual(told[0]);
    expect(second && [...(await orphans(second.sql)), ...(await leftovers(second.sql))]).toEqual([]);
    expect(second && [...(await second.sql`select * from close_scope`)]).toEqual([]);
  }

  async function stateOf({ sql }: World, connectionId: number) {
    const runs = await sql`
      select kind, mode, status, error_code, records_extracted, records_unchanged, records_loaded, records_excluded,
        records_failed, records_parked, rows_written, rows_deleted
      from run where connection_id = ${connectionId} order by run_id`;
    const found = await sql`
      select check_id, table_name, field_name, violated, total from quality_result
      where assessment_id = (select max(assessment_id) from quality_assessment)
      order by check_id, table_name, field_name`;
    const facts = await sql`select count(*)::int as n from fact_relationship`;
    return {
      others: await othersRowsOf(sql),
      runs: [...runs],
      found: [...found],
      facts: [...facts],
      content: await contentOf(sql, connectionId),
    };
  }

  const firstPatients = async ({ sql }: World) =>
    (
      await sql<{ fhir_id: string }[]>`
        select fhir_id from resource where resource_type = 'Patient' order by fhir_id`
    ).map((row) => row.fhir_id);

  it('a full and an incremental sync leave the same', async () => {
    await both(async (_, site) => void (await site.sync()));
    await both(async (_, site) => {
      site.ehr.change('day', { patients: 4 });
      await site.sync();
    });
  });

  it('a merge of two patients leaves the same, and so does its end', async () => {
    await both(async (world, site) => {
      await writeOthersRows(world.sql, site.id);
      const [a = '', b = ''] = await firstPatients(world);
      const patient = site.ehr.get('Patient', a);
      if (patient) site.ehr.put({ ...patient, link: [{ other: to('Patient', b), type: 'replaced-by' }] });
      await site.sync();
    });
    await both(async (world, site) => {
      const [a = ''] = await firstPatients(world);
      const { link: _, ...patient } = site.ehr.get('Patient', a) ?? { resourceType: 'Patient', id: a };
      site.ehr.put(patient);
      await site.sync();
    });
  });

  it('a new vocabulary and what is mapped again by it leave the same', async () => {
    await both(async (world, site) => {
      await loadRelease(world.deps, (release) => release.move('SNOMED', '44054006', 'Observation'));
      await startRemap(world.deps, { connection_id: site.id, triggered_by: 'test' });
    });
    await both(async (world, site) => {
      await loadDemoVocabulary(world.sql);
      await startRemap(world.deps, { connection_id: site.id, triggered_by: 'test' });
    });
  });

  it('a purge, and a full export in which a patient is missing, leave the same', async () => {
    await both(async (world, site) => {
      const [, , c = ''] = await firstPatients(world);
      await startPurge(world.deps, {
        ...{ connection_id: site.id, patient_id: c, unknown: false },
        ...{ reason: 'opt-out', requested_by: 'test' },
      });
    });
    await both(async (world, site) => {
      const [a = ''] = await firstPatients(world);
      site.ehr.remove('Patient', a);
      await site.sync({ full: true });
    });
    const compared = await Promise.all(
      worlds.map(
        ({ sql }) => sql`select stored, vanished, obstacles, doubts from reconciliation order by run_id`,
      ),
    );
    expect([...(compared[1] ?? [])]).toEqual([...(compared[0] ?? [])]);
  });

  it('checks of everyone find the same', async () => {
    await both(async ({ sql, clock }) => void (await checkEveryone({ sql, clock })));
  });

  it('doctor tells how the tables lie', async () => {
    const [, spread] = worlds;
    if (!spread) return;
    const found = [];
    const { sql, database, deps } = spread;
    for await (const one of examine({ sql, schemas: database.schemas, openKeys: async () => deps.keyring })) {
      found.push(one);
    }
    expect(found.find((one) => one.what === 'Citus')).toMatchObject({
      state: 'well',
      found: expect.stringMatching(/^\d+\.\S+, \d+ workers; 19 tables by person, 9 on every node$/),
    });
  });
});
