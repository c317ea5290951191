/**
 * What operators do, and what a vocabulary, a merge and a comparison do, on a Citus cluster and on one Postgres: the same
 * EHR, the same answers. Runs where CITUS_URL names a cluster.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../jobs/operator/doctor.ts';
import { checkEveryone } from '../../jobs/quality/check.ts';
import { loadRelease } from '../remap/release.ts';
import { writeOthersRows } from '../world/others-rows.ts';
import { to } from '../world/record.ts';
import { startPurge, startRemap } from '../world/verbs.ts';
import type { World } from '../world/world.ts';
import { type Both, openBoth } from './both.ts';
import { CITUS_URL, loadDemoVocabulary } from './cluster.ts';

describe.skipIf(!CITUS_URL)('on Citus as on one Postgres', () => {
  let of: Both;
  const both: Both['both'] = (work) => of.both(work);
  beforeAll(async () => {
    of = await openBoth(CITUS_URL ?? '', { seed: 'citus', patients: 8 });
  }, 300_000);
  afterAll(() => of.close());

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
      [of.plain, of.spread].map(
        ({ sql }) => sql`select stored, vanished, obstacles, doubts from reconciliation order by run_id`,
      ),
    );
    expect([...(compared[1] ?? [])]).toEqual([...(compared[0] ?? [])]);
  });

  it('checks of everyone find the same', async () => {
    await both(async ({ sql, clock }) => void (await checkEveryone({ sql, clock })));
  });

  it('doctor tells how the tables lie', async () => {
    const found = [];
    const { sql, database, deps } = of.spread;
    for await (const one of examine({ sql, schemas: database.schemas, openKeys: async () => deps.keyring })) {
      found.push(one);
    }
    expect(found.find((one) => one.what === 'Citus')).toMatchObject({
      state: 'well',
      found: expect.stringMatching(/^\d+\.\S+, \d+ workers; 19 tables by person, 9 on every node$/),
    });
  });
});
