/** What an EHR corrects to be of a patient who was purged leaves the one it was of, and is not kept either. */
import { afterAll, describe, expect, it } from 'vitest';
import { few, inLongRun } from '../long-run.ts';
import { importFiles } from '../verbs/import-paths.ts';
import { textsOfChunks } from '../world/chunks.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { condition, encounter, observation, patient, to } from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

const chart = (id: string) => [
  patient(id),
  encounter(`e-${id}`, id),
  observation(`o-${id}`, id, { encounter: to('Encounter', `e-${id}`) }),
  condition(`c-${id}`, id, { encounter: to('Encounter', `e-${id}`) }),
];

/** A site of two patients, one of whom was purged. */
async function siteAfterPurge(): Promise<Site> {
  const site = await world.site();
  site.ehr.load([...chart('stays'), ...chart('purged')]);
  await site.sync();
  await purge(site.id);
  return site;
}

async function purge(connection_id: number) {
  const request = { patient_id: 'purged', unknown: false, reason: 'opt-out', requested_by: 'test' };
  await startPurge(deps, { connection_id, ...request });
  await drain(deps, world.clock);
}

/** What a site has that never had what moved. */
async function contentWithout(...ids: readonly string[]) {
  const site = await world.site();
  site.ehr.load(chart('stays').filter(({ id = '' }) => !ids.includes(id)));
  await site.sync();
  return await contentOf(sql, site.id);
}

const known = async ({ id }: Site) =>
  (await sql`select fhir_id from resource where connection_id = ${id} order by fhir_id`).map(
    (r) => r['fhir_id'],
  );

few(it, 1).each([
  ['what has changed', { full: false }],
  ['everything', { full: true }],
])('an event goes in a sync of %s, from the text that is kept, too', async (_, mode) => {
  const site = await siteAfterPurge();
  const lines = async () => (await textsOfChunks(deps, site.id)).join('').split('"id":"o-stays"').length - 1;
  expect(await lines()).toBe(1);
  site.ehr.put(observation('o-stays', 'purged'));
  const run = await site.sync(mode);
  expect(run).toMatchObject({ status: 'completed', records_failed: 0, records_parked: 0, rows_deleted: 1 });
  expect(await known(site)).toEqual(['c-stays', 'e-stays', 'stays']);
  expect(await contentOf(sql, site.id)).toEqual(await contentWithout('o-stays'));
  const [reason] = await sql`
    select outcome, resources from chunk_reason
    where run_id = ${run['run_id']} and resource_type = 'Observation' and outcome = 'removed'`;
  expect(reason).toEqual({ outcome: 'removed', resources: 1 });
  expect(await lines()).toBe(0);
  expect(await leftovers(sql)).toEqual([]);
});

inLongRun(it)('a document goes with the words that are attached to it, which name nobody', async () => {
  const site = await world.site({ config: { hydrate: { types: [], notes: true } } });
  const document = (of: string) => ({
    ...{ resourceType: 'DocumentReference', id: 'letter', status: 'current', subject: to('Patient', of) },
    ...{ date: '2026-03-01T10:00:00Z', type: { text: 'Letter' } },
    content: [{ attachment: { contentType: 'text/plain', url: 'Binary/words' } }],
  });
  const data = Buffer.from('Dear colleague').toString('base64');
  const words = { resourceType: 'Binary', id: 'words', contentType: 'text/plain', data };
  site.ehr.load([...chart('stays'), ...chart('purged'), document('stays'), words]);
  await site.sync();
  expect((await contentOf(sql, site.id))['note']).toHaveLength(1);
  await purge(site.id);
  site.ehr.put(document('purged'));
  expect(await site.sync()).toMatchObject({ status: 'completed', records_failed: 0, records_parked: 0 });
  expect(await known(site)).toEqual(['c-stays', 'e-stays', 'o-stays', 'stays']);
  expect(await contentOf(sql, site.id)).toEqual(await contentWithout());
  expect(await sql`select 1 from attachment_content where connection_id = ${site.id}`).toEqual([]);
  const texts = (await textsOfChunks(deps, site.id)).join('');
  for (const trace of ['letter', 'words', data]) expect(texts).not.toContain(`"${trace}"`);
});

inLongRun(it)('a visit goes, and what was in it has no visit until one comes', async () => {
  const site = await siteAfterPurge();
  site.ehr.put(encounter('e-stays', 'purged'));
  expect(await site.sync()).toMatchObject({ status: 'completed', rows_deleted: 1 });
  expect(await contentOf(sql, site.id)).toEqual(await contentWithout('e-stays'));
  expect(await orphans(sql)).toEqual([]);
  site.ehr.put(encounter('e-stays', 'stays'));
  await site.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentWithout());
});

inLongRun(describe)('of two versions in one file', () => {
  const version = (id: string, day: number) =>
    observation('o-moves', id, { meta: { lastUpdated: `2026-05-0${day}T00:00:00Z` } });
  const importOf = async (site: string, ...versions: readonly object[]) => {
    const lines = [patient('stays'), ...versions].map((one) => JSON.stringify(one)).join('\n');
    return await importFiles(world, site, { 'all.ndjson': lines });
  };
  const rows = async (site: string) =>
    await sql`
      select r.fhir_id from measurement join resource r on r.resource_key = measurement_id / 1000
      join connection using (connection_id) where site_key = ${site}`;

  it.each(['first', 'last'])('the newer decides when it stands %s', async (place) => {
    const site = `moves-${place}`;
    await importOf(site, condition('c', 'purged'), patient('purged'));
    const [made] = await sql`select connection_id from connection where site_key = ${site}`;
    await purge(made?.['connection_id']);
    const inOrder = (...both: object[]) => (place === 'last' ? both : both.toReversed());
    await importOf(site, ...inOrder(version('purged', 1), version('stays', 2)));
    expect(await rows(site)).toEqual([{ fhir_id: 'o-moves' }]);
    const { run } = await importOf(site, ...inOrder(version('stays', 3), version('purged', 4)));
    expect(run).toMatchObject({ status: 'completed', records_failed: 0 });
    expect(await rows(site)).toEqual([]);
    await importOf(site, ...inOrder(version('purged', 5), version('stays', 6)));
    expect(await rows(site)).toEqual([{ fhir_id: 'o-moves' }]);
  });
});
