/** `reconcile`: what vanished at the source without a word is found by a full export, and removed once confirmed. */
import { afterAll, describe, expect, it } from 'vitest';
import { few, inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { condition, encounter, observation, patient, practitioner } from '../world/record.ts';
import { confirmReconciliation, startRun } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

/** The EHR forgets resources and does not list them as deleted. */
async function site(options: Parameters<typeof world.site>[0] = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([
    ...['p', 'q'].map((id) => patient(id)),
    practitioner('d'),
    ...['p', 'q'].flatMap((id) => [
      encounter(`e-${id}`, id),
      observation(`o-${id}`, id, { encounter: { reference: `Encounter/e-${id}` } }),
      condition(`c-${id}`, id),
    ]),
  ]);
  await made.sync();
  return made;
}

async function reconcile(of: Site): Promise<RunRow> {
  const { run_id } = await startRun(deps, { connection_id: of.id, triggered_by: 'test', reconcile: true });
  await drain(deps, world.clock);
  const [found] = await sql<RunRow[]>`select * from reconciliations where run_id = ${run_id}`;
  return { ...(await runOf(sql, run_id)), ...found };
}

async function confirm(of: Site, run_id: number, vanished: number, override = true): Promise<RunRow> {
  const run = await confirmReconciliation(deps, {
    ...{ connection_id: of.id, run_id, vanished, override, confirmed_by: 'test' },
  });
  await drain(deps, world.clock);
  return await runOf(sql, run);
}

async function vanished(run_id: number): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select r.resource_type || '/' || r.fhir_id as name from vanished v join resource r using (resource_key)
    where v.run_id = ${run_id} order by 1`;
  return rows.map((row) => row.name);
}

function forget(of: Site, ...names: string[]): void {
  for (const name of names) {
    const [type = '', id = ''] = name.split('/');
    of.ehr.remove(type, id);
  }
}

/** Of the manifest of a full export the simulated EHR leaves deletions out by itself. */
describe('a reconciliation', () => {
  inLongRun(it)('writes nothing when everything is as it was, and finds nothing vanished', async () => {
    const one = await site();
    const before = await contentOf(sql, one.id);
    expect(await reconcile(one)).toMatchObject({
      status: 'completed',
      mode: 'full',
      records_extracted: 9,
      records_unchanged: 9,
      rows_written: 0,
      state: 'nothing-vanished',
      stored: 9,
      vanished: 0,
      obstacles: [],
      doubts: [],
    });
    expect(await contentOf(sql, one.id)).toEqual(before);
    expect(await sql`select 1 from seen_resources`).toEqual([]);
  });

  it('lists what vanished and removes nothing until a person confirms the number', async () => {
    const one = await site();
    const before = await contentOf(sql, one.id);
    forget(one, 'Observation/o-p', 'Encounter/e-q');
    one.ehr.put(observation('new', 'p'));
    const found = await reconcile(one);
    expect(found).toMatchObject({ stored: 9, vanished: 2, state: 'to-confirm', doubts: ['many-vanished'] });
    expect(await vanished(found['run_id'])).toEqual(['Encounter/e-q', 'Observation/o-p']);
    expect(sizes(await contentOf(sql, one.id))).toEqual({
      ...sizes(before),
      measurement: 3,
    });
    await expect(confirm(one, found['run_id'], 3)).rejects.toThrow('resources, 2; got 3');
    await expect(confirm(one, found['run_id'], 2, false)).rejects.toThrow('many-vanished');
    expect(await confirm(one, found['run_id'], 2)).toMatchObject({
      status: 'completed',
      kind: 'removal',
      records_extracted: 0,
      records_failed: 0,
    });
    const fresh = await world.site({ ehr: one.ehr });
    await fresh.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    await expect(confirm(one, found['run_id'], 2)).rejects.toThrow('confirmed already');
    expect(await reconcile(one)).toMatchObject({ state: 'nothing-vanished', stored: 8 });
  });

  inLongRun(it)(
    'takes a Patient out with all that vanished with it, and loads it again with its ids when it comes back',
    async () => {
      const one = await site();
      const [person] =
        await sql`select resource_key from resource where connection_id = ${one.id} and fhir_id = 'q'`;
      const all = ['Patient/q', 'Encounter/e-q', 'Observation/o-q', 'Condition/c-q'];
      const gone = all.map((name) => one.ehr.get(name.split('/')[0] ?? '', name.split('/')[1] ?? ''));
      forget(one, ...all);
      const found = await reconcile(one);
      await confirm(one, found['run_id'], 4);
      expect(sizes(await contentOf(sql, one.id))).toMatchObject({
        person: 1,
        measurement: 1,
        observation_period: 1,
      });
      expect(await sql`select 1 from waiting where connection_id = ${one.id}`).toEqual([]);
      expect(await orphans(sql)).toEqual([]);
      for (const resource of gone) if (resource) one.ehr.put(resource);
      expect(await one.sync()).toMatchObject({ mode: 'incremental', records_loaded: 4 });
      expect(
        await sql`select person_id from person where person_id = ${person?.['resource_key']}`,
      ).toHaveLength(1);
    },
  );

  inLongRun(it)('does not remove what has come again since', async () => {
    const one = await site();
    const back = one.ehr.get('Observation', 'o-p');
    forget(one, 'Observation/o-p', 'Condition/c-p');
    const found = await reconcile(one);
    if (back) one.ehr.put({ ...back, valueQuantity: { value: 80, unit: '/min' } });
    await one.sync();
    await confirm(one, found['run_id'], 2);
    expect(sizes(await contentOf(sql, one.id))).toMatchObject({ measurement: 2, condition_occurrence: 1 });
    expect((await sql`select removed from reconciliations where run_id = ${found['run_id']}`)[0]).toEqual({
      removed: 2,
    });
  });

  it('compares no type of which nothing came', async () => {
    const one = await site();
    forget(one, 'Practitioner/d');
    expect(await reconcile(one)).toMatchObject({
      state: 'nothing-vanished',
      types: ['Condition', 'Encounter', 'Observation', 'Patient'],
      types_missing: ['Practitioner'],
    });
  });

  few(it, 1).each<[what: string, make: (one: Site) => unknown, obstacle: string]>([
    [
      'whose server reported an error',
      (one) =>
        one.ehr.faults.push({
          on: 'kick-off',
          do: {
            errors: [
              { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing' }] },
            ],
          },
        }),
      'export-incomplete',
    ],
    [
      'with a line that cannot be read',
      (one) =>
        one.ehr.faults.push({
          on: 'file',
          times: 99,
          do: { rewrite: (line) => line.replace('"Condition"', 'nonsense') },
        }),
      'lines-unreadable',
    ],
    [
      'that asked for something else than before',
      (one) =>
        sql`update connection set export_resource_types = '{Patient,Condition}' where connection_id = ${one.id}`,
      'scope-changed',
    ],
  ])('is obstructed by an export %s', async (_, make, obstacle) => {
    const one = await site();
    forget(one, 'Condition/c-p');
    await make(one);
    const found = await reconcile(one);
    expect(found).toMatchObject({ status: 'completed', state: 'obstructed' });
    expect(found['obstacles']).toContain(obstacle);
    await expect(confirm(one, found['run_id'], found['vanished'])).rejects.toThrow(obstacle);
    expect(sizes(await contentOf(sql, one.id))).toMatchObject({ condition_occurrence: 2 });
  });

  inLongRun(it)('counts no more once a later full export came', async () => {
    const one = await site();
    forget(one, 'Condition/c-p');
    const found = await reconcile(one);
    const later = await one.sync({ full: true });
    await expect(confirm(one, found['run_id'], 1)).rejects.toThrow(`Run ${later['run_id']}`);
  });
});
