/**
 * A crawl of 300 patients (by hand CRAWL_PATIENTS=1000, twenty minutes): 429s, next links that lie, workers that die with a search in
 * hand. Nothing is lost, the figures add up, and the second one asks for changes only.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import { SEARCH } from '../ehr/settings.ts';
import { contentOf, orphans } from '../world/content.ts';
import { observation } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, returnJobsOfTheDead, runOf } from '../world/world.ts';

const PATIENTS = Number(process.env['CRAWL_PATIENTS'] ?? 300);
const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

describe(`a crawl of ${PATIENTS} patients`, () => {
  it('loses nothing, and is followed by one that asks for changes', async () => {
    const bulk = await world.site({ population: { seed: 'soak', patients: PATIENTS } });
    const { ehr } = bulk;
    const one = await world.site({ ehr, config: { level: 'search', limits: { requests_per_second: 1000 } } });
    ehr.settings.throttleEvery = 701;
    ehr.settings.search = { ...SEARCH, maxCount: 50 };
    const link = [{ relation: 'next', url: 'https://elsewhere.example/fhir?page=2' }];
    for (const skip of [10, 500, 5000]) {
      ehr.faults.push({ on: 'search', skip, do: { bundle: (bundle) => ({ ...bundle, link }) } });
    }
    clock.advance(3600);
    const runId = await one.start();
    for (let death = 0; death < 5; death++) {
      for (let n = 0; n < 100; n++) {
        const next = await fetchOne(deps);
        if (next && (n < 90 || next.name !== 'crawl')) await runJob(deps, next.name, next.job);
        else if (next) break;
      }
      await returnJobsOfTheDead(deps);
    }
    await drain(deps, clock);
    const run = await runOf(sql, runId);
    expect(run).toMatchObject({ status: 'completed', held_by: [], records_failed: 0 });
    const { records_unchanged, records_loaded, records_excluded, records_parked, records_redriven } = run;
    expect(records_unchanged + records_loaded + records_excluded + records_parked - records_redriven).toBe(
      run['records_extracted'],
    );
    const [resources] = await sql`select count(*)::int as n from resource where connection_id = ${one.id}`;
    expect(resources?.['n']).toBe(ehr.count());
    ehr.settings.throttleEvery = undefined;
    ehr.faults.length = 0;
    await bulk.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, bulk.id));
    expect(await orphans(sql)).toEqual([]);

    clock.advance(3600);
    const [someone] = await sql`
      select fhir_id from resource where connection_id = ${one.id} and resource_type = 'Patient' limit 1`;
    ehr.put(observation('new', String(someone?.['fhir_id'])));
    expect(await one.sync()).toMatchObject({
      status: 'completed',
      mode: 'incremental',
      records_extracted: 1,
    });
  }, 3_600_000);
});
