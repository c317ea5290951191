import { afterAll, expect, it } from 'vitest';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { observation, patient, to } from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

const house = (code: string) => ({
  code: { coding: [{ system: 'https://hospital.example/codes', code, display: code }] },
});
const replacedBy = (id: string) => ({ link: [{ other: to('Patient', id), type: 'replaced-by' }] });

/** What is kept of a connection, and what counting it anew gives. */
async function counts(connectionId: number) {
  const kept = await sql`
    select s.code, m.element, m.records, m.persons, m.first_run, m.last_run
    from unmapped_summary m join source_code s using (code_id)
    where m.connection_id = ${connectionId} order by s.code, m.element`;
  const anew = await sql`
    select s.code, u.element, count(*) as records, count(distinct u.person_id) as persons,
      min(r.first_run) as first_run, max(r.last_run) as last_run
    from unmapped_use u join resource r using (resource_key) join source_code s using (code_id)
    where r.connection_id = ${connectionId} group by s.code, u.element order by s.code, u.element`;
  return { kept: [...kept], anew: [...anew] };
}

it('keeps the counts of unmapped codes by what changed, and they are those of counting all', async () => {
  const site = await world.site();
  site.ehr.load([
    ...['a', 'b', 'c'].map((id) => patient(id)),
    ...[1, 2, 3].map((n) => observation(`a${n}`, 'a', house('X'))),
    ...[1, 2].map((n) => observation(`b${n}`, 'b', house('X'))),
    observation('c1', 'c', house('Y')),
  ]);
  const check = async (...expected: [string, number, number][]) => {
    clock.advance(3600);
    await site.sync();
    const { kept, anew } = await counts(site.id);
    expect(kept).toEqual(anew);
    expect(kept.map((row) => [row['code'], row['records'], row['persons']])).toEqual(expected);
    expect([...(await sql`select * from unmapped_change`)]).toEqual([]);
  };
  await check(['X', 5, 2], ['Y', 1, 1]);

  // The same code of somebody who has it and of somebody who has not, another one, and one that is mapped now.
  site.ehr.put(observation('a4', 'a', house('X')));
  site.ehr.put(observation('c2', 'c', house('X')));
  site.ehr.put(observation('b1', 'b', house('Z')));
  site.ehr.put(observation('c1', 'c'));
  await check(['X', 6, 3], ['Z', 1, 1]);

  // Sent again with another value: as many as before.
  site.ehr.put(observation('a1', 'a', { ...house('X'), valueQuantity: { value: 1 } }));
  if (LONG_RUN) await check(['X', 6, 3], ['Z', 1, 1]);

  // The last one of a person goes; and a person becomes another one, who has the code already.
  site.ehr.put(observation('b2', 'b', { ...house('X'), status: 'entered-in-error' }));
  if (LONG_RUN) {
    site.ehr.put(patient('c', replacedBy('a')));
    await check(['X', 5, 1], ['Z', 1, 1]);

    // And is somebody of their own again.
    site.ehr.put(patient('c'));
  }
  await check(['X', 5, 2], ['Z', 1, 1]);

  await startPurge(deps, {
    ...{ connection_id: site.id, patient_id: 'b', unknown: false },
    ...{ reason: 'opt-out', requested_by: 'test' },
  });
  await drain(deps, clock);
  site.ehr.put(observation('a5', 'a', house('X')));
  await check(['X', 6, 2]);
});

inLongRun(it)(
  'keeps the runs in which a code was first and last used when resources with it are only taken out',
  async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), ...['1', '2', '3'].map((id) => observation(id, 'p', house('X')))]);
    await site.sync();
    clock.advance(3600);
    site.ehr.put(observation('1', 'p', { ...house('X'), valueQuantity: { value: 1 } }));
    await site.sync();
    const used = (await counts(site.id)).kept;
    clock.advance(3600);
    site.ehr.put(observation('2', 'p', { ...house('X'), status: 'entered-in-error' }));
    site.ehr.put(observation('3', 'p'));
    await site.sync();
    const { kept, anew } = await counts(site.id);
    expect(kept).toEqual([{ ...used[0], records: 1 }]);
    expect(kept).toEqual(anew);
  },
);

inLongRun(it)(
  'notes nothing before a connection is counted, and leaves what other connections have noted',
  async () => {
    const [one, two] = [await world.site(), await world.site()];
    for (const site of [one, two]) site.ehr.load([patient('p'), observation('o', 'p', house('X'))]);
    await one.sync();
    const run = await two.start();
    await sql`update run set status = 'cancelled', finished_at = now() where run_id = ${run}`;
    clock.advance(3600);
    one.ehr.put(observation('o2', 'p', house('X')));
    await one.sync();
    expect((await counts(one.id)).kept).toMatchObject([{ code: 'X', records: 2, persons: 1 }]);
    const [uncounted] = await sql`select unmapped_counted from connection where connection_id = ${two.id}`;
    expect(uncounted).toEqual({ unmapped_counted: false });
  },
);
