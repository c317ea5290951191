import { afterAll, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import { observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock, deps } = world;

const SYSTEM = 'https://hospital.example/laboratory/codes';
const GLUCOSE = 3004501;
const house = { coding: [{ system: SYSTEM, code: 'GLU-7', display: 'Glucose, house' }] };

const concepts = async (connection: number) =>
  await sql<{ concept: number; revision: number }[]>`
    select m.measurement_concept_id as concept, v.map_revision as revision
    from resource r
    join mapping_version v using (mapping_version_id)
    join (
      select measurement_id as id, measurement_concept_id from measurement
      union all select observation_id, observation_concept_id from observation
    ) m on m.id / 1000 = r.resource_key
    where r.connection_id = ${connection} order by r.fhir_id`;

describe('a map of a local code', () => {
  it('made while a sync runs is live from the next chunk on, and reaches the chunks before at the end', async () => {
    const site = await world.site({ maxPerFile: 3 });
    const many = Array.from({ length: 9 }, (_, n) => observation(`o${n}`, 'p', { code: house }));
    site.ehr.load([patient('p'), ...many]);
    const runId = await site.start();
    let mapped = 0;
    let underway: readonly { concept: number; revision: number }[] = [];
    await drain(deps, clock, async () => {
      for (let next = await fetchOne(deps); next; next = await fetchOne(deps)) {
        await runJob(deps, next.name, next.job);
        if (next.name !== 'map') continue;
        mapped++;
        if (mapped === 3) underway = await concepts(site.id);
        // The Patient's chunk and one of the Observations' are done.
        if (mapped !== 2) continue;
        await sql`insert into local_vocabulary (system, vocabulary_id, name) values (${SYSTEM}, 'House lab', 'Our laboratory')`;
        await sql`
          insert into source_to_concept_map
          values ('GLU-7', 0, 'House lab', 'Glucose, house', ${GLUCOSE}, 'LOINC', '1970-01-01', '2099-12-31')`;
      }
    });
    // Each resource tells in which state it was mapped.
    const [before, after] = [
      underway.filter((row) => row.concept === 0),
      underway.filter((row) => row.concept === GLUCOSE),
    ];
    expect([before.length, after.length]).toEqual([3, 3]);
    expect(new Set(before.map((row) => row.revision)).size).toBe(1);
    expect(Math.min(...after.map((row) => row.revision))).toBeGreaterThan(before[0]?.revision ?? 0);
    expect(await runOf(sql, runId)).toMatchObject({
      ...{ status: 'completed', records_extracted: 10, records_loaded: 13, records_redriven: 3 },
    });
    expect((await concepts(site.id)).map((row) => row.concept)).toEqual(Array(9).fill(GLUCOSE));
    // The Patient alone was mapped before the change and not again.
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 9, records_loaded: 1 });
  });
});
