import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import type { Ehr } from '../ehr/server.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
const other = await openTestWorld({ clock: world.clock });
afterAll(async () => {
  await world.close();
  await other.close();
});
const { sql } = world;

describe('an incremental sync', async () => {
  const site = await world.site({
    population: { seed: 'incremental', patients: LONG_RUN ? 8 : 5 },
    maxPerFile: 500,
  });
  const { ehr } = site;
  const first = await site.sync();
  const ids = await rowIds();

  // The whole list of things that can happen to a resource.
  world.clock.advance(3600);
  const changed = ehr.change('tuesday', { patients: 6 });
  const wrong = await pick('Condition');
  ehr.put({ ...wrong, verificationStatus: { coding: [{ code: 'entered-in-error' }] } });
  const cancelled = await pick('Encounter');
  ehr.put({ ...cancelled, status: 'entered-in-error' });
  const dead = await pick('Patient', 1);
  ehr.remove('Patient', dead.id);
  const goneProvider = await pick('Practitioner');
  ehr.remove('Practitioner', goneProvider.id);
  const second = await site.sync();

  it('sends _since = the watermark, as the server wrote it', () => {
    expect(second).toMatchObject({
      status: 'completed',
      mode: 'incremental',
      since: first['transaction_time'],
    });
    const [, kickOff] = ehr.requests.filter(({ kind }) => kind === 'kick-off');
    expect(new URL(kickOff?.path ?? '', ehr.url).searchParams.get('_since')).toBe(first['transaction_time']);
  });

  it('receives only what changed, and finds nothing of it unchanged', () => {
    expect(changed.put).toBeGreaterThan(5);
    expect(second['records_extracted']).toBeLessThan(first['records_extracted'] / 2);
    expect(second['records_extracted']).toBeGreaterThanOrEqual(changed.put);
    expect(second['records_unchanged']).toBe(0);
  });

  it('leaves the CDM as a first full sync of the same EHR would have made it', async () => {
    const fresh = await other.site({ ehr });
    const full = await fresh.sync();
    expect(full).toMatchObject({ status: 'completed', records_extracted: ehr.count() });
    const [ours, theirs] = [await contentOf(sql, site.id), await contentOf(other.sql, fresh.id)];
    expect(sizes(ours)).toEqual(sizes(theirs));
    expect(ours).toEqual(theirs);
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
  });

  it('keeps the ids of all rows that stay', async () => {
    const now = await rowIds();
    const kept = [...ids].filter(([name]) => now.has(name));
    expect(kept.length).toBeGreaterThan(ids.size * 0.6);
    for (const [name, id] of kept) expect([name, now.get(name)]).toEqual([name, id]);
  });

  it('takes the rows of what was deleted or entered in error, and the whole record of a deleted Patient', async () => {
    const outcomes = await sql<{ name: string; outcome: string; reason: string; row_tables: number }[]>`
      select resource_type || '/' || fhir_id as name, outcome, reason, row_tables from resource
      where (resource_type, fhir_id) in (('Patient', ${dead.id}), ('Condition', ${wrong.id}), ('Encounter', ${cancelled.id}))
      order by resource_type`;
    expect(outcomes).toEqual([
      { name: `Condition/${wrong.id}`, outcome: 'excluded', reason: 'entered-in-error', row_tables: 0 },
      { name: `Encounter/${cancelled.id}`, outcome: 'excluded', reason: 'entered-in-error', row_tables: 0 },
      { name: `Patient/${dead.id}`, outcome: 'excluded', reason: 'deleted-at-source', row_tables: 0 },
    ]);
    const parked = await sql`select 1 from resource where outcome = 'parked' and reason = 'patient-removed'`;
    expect(parked.length).toBeGreaterThan(20);
    const [person] = await sql`
      select 1 from person p join resource r on r.resource_key = p.person_id and r.fhir_id = ${dead.id}`;
    expect(person).toBeUndefined();
  });

  it('remembers what each replaced version hashed to', async () => {
    const [history] = await sql`
      select count(*)::int as n from resource_history where run_id = ${second['run_id']} and length(replaced_hash) = 32`;
    expect(history?.['n']).toBeGreaterThan(3);
  });

  inLongRun(it)('brings a Patient that comes back the same person, with the whole record', async () => {
    const before = await contentOf(sql, site.id);
    world.clock.advance(60);
    ehr.put(dead);
    ehr.put(goneProvider);
    const third = await site.sync();
    expect(third).toMatchObject({
      status: 'completed',
      mode: 'incremental',
      records_extracted: 2,
      records_failed: 0,
    });
    expect(third['records_redriven']).toBeGreaterThan(20);
    const after = await contentOf(sql, site.id);
    expect(Object.values(sizes(after)).reduce((a, b) => a + b)).toBeGreaterThan(
      Object.values(sizes(before)).reduce((a, b) => a + b) + 20,
    );
    const fresh = await (await openSite(ehr)).content();
    expect(after).toEqual(fresh);
    const now = await rowIds();
    for (const [name, id] of ids) if (now.has(name)) expect([name, now.get(name)]).toEqual([name, id]);
    expect(now.get(`Patient/${dead.id} person`)).toBe(ids.get(`Patient/${dead.id} person`));
  });

  async function pick(type: string, skip = 0): Promise<Resource> {
    const rows = await sql<{ fhir_id: string }[]>`
      select fhir_id from resource where resource_type = ${type} and outcome = 'loaded' order by fhir_id`;
    const live = rows.flatMap(({ fhir_id }) => ehr.get(type, fhir_id) ?? []);
    const found = live[skip];
    if (!found) throw new Error(`the population has no such ${type}`);
    return found;
  }

  async function rowIds(): Promise<Map<string, number>> {
    const rows = await sql<{ name: string; resource_key: number }[]>`
      select r.resource_type || '/' || r.fhir_id || ' ' || t.table_name as name, r.resource_key
      from resource r join cdm_table t on (r.row_tables & (1 << t.bit)) <> 0 where r.connection_id = ${site.id}`;
    return new Map(rows.map((row) => [row.name, row.resource_key]));
  }
});

async function openSite(ehr: Ehr) {
  const site = await other.site({ ehr });
  await site.sync();
  return { content: () => contentOf(other.sql, site.id) };
}
