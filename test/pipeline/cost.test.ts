import { afterAll, describe, expect, it } from 'vitest';
import type { Deps } from '../../jobs/deps.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { tick } from '../../jobs/tick.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { drain, openTestWorld } from './world.ts';

const world = await openTestWorld();
const { sql } = world;
afterAll(() => world.close());

const patient = { resourceType: 'Patient', id: 'p', gender: 'female', birthDate: '1970-01-01' };
const weight = (n: number, kilograms = 70): Resource => ({
  ...{ resourceType: 'Observation', id: `w${n}`, status: 'final', subject: { reference: 'Patient/p' } },
  category: [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
    },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  effectiveDateTime: '2026-01-02T10:00:00Z',
  valueQuantity: { value: kilograms, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
});
const weights = (count: number, kilograms?: number) =>
  Array.from({ length: count }, (_, n) => weight(n, kilograms));

/** The same worker, telling how many statements its transactions send. Parts of statements count as well. */
function counting(deps: Deps): { readonly deps: Deps; take(): number } {
  let sent = 0;
  const counted = (tx: Tx): Tx =>
    new Proxy(tx, {
      apply: (target, self, args: unknown[]) => {
        if (Array.isArray(args[0]) && 'raw' in args[0]) sent++;
        return Reflect.apply(target, self, args);
      },
      get: (target, name) => {
        if (name === 'unsafe') sent++;
        return Reflect.get(target, name);
      },
    });
  const begin = (work: (tx: Tx) => unknown) => deps.sql.begin((tx) => work(counted(tx as Tx)));
  const sql = new Proxy(deps.sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  }) as Sql;
  return {
    deps: { ...deps, sql },
    take() {
      const taken = sent;
      sent = 0;
      return taken;
    },
  };
}

describe('an export in which nothing has changed', async () => {
  const site = await world.site();
  site.ehr.load([patient, ...weights(50)]);
  await site.sync();
  const state = async () =>
    await sql`
      select (select array_agg(r.xmin::text order by resource_key) from resource r where connection_id = ${site.id}) as resources,
        (select array_agg(m.xmin::text order by measurement_id) from measurement m) as measurements`;
  const before = await state();
  const run = await site.sync({ full: true });

  it('is counted as unchanged', () => {
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 51,
      records_unchanged: 51,
      rows_written: 0,
    });
  });

  it('touches neither the rows nor what is known of the resources', async () => {
    expect(await state()).toEqual(before);
  });

  it('stores no lines and needs no map job', async () => {
    const [stored] = await sql`
      select count(*)::int as chunks, count(b.chunk_id)::int as bodies, (
        select count(*)::int from pgboss.job where name = 'sync-map' and (data->>'run_id')::int = ${run['run_id']}
      ) as jobs
      from chunk c left join chunk_body b using (chunk_id) where c.run_id = ${run['run_id']}`;
    expect(stored).toEqual({ chunks: 2, bodies: 0, jobs: 0 });
  });

  it('is stored and mapped where one line is another', async () => {
    site.ehr.put(weight(7, 80));
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 50, records_loaded: 1 });
    const [row] = await sql`
      select value_as_number as kg from measurement join resource on resource_key = measurement_id / 1000
      where connection_id = ${site.id} and fhir_id = 'w7'`;
    expect(row).toEqual({ kg: 80 });
  });

  it('is mapped again when the mapping is another', async () => {
    await sql`update connection set sync_config = '{"mapping": {"valueless_observations": true}}' where connection_id = ${site.id}`;
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 0, records_loaded: 51 });
  });
});

it('finds a line unchanged also where its type and id do not come first, and another order of keys as well', async () => {
  const site = await world.site();
  const turned = ({ resourceType, id, ...rest }: Resource): Resource => ({ ...rest, id, resourceType });
  site.ehr.load([patient, ...weights(3).map(turned)]);
  await site.sync();
  expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 4, records_loaded: 0 });
  site.ehr.load(weights(3));
  expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 4, records_loaded: 0 });
});

it('sends as many statements for a chunk of few resources as for one of many, first or changed', async () => {
  const costs: number[][] = [];
  for (const count of [20, 400]) {
    const site = await world.site();
    const worker = counting(world.worker());
    const sync = async () => {
      await site.start();
      await drain(world.deps, world.clock, () => tick(worker.deps, () => false));
      return worker.take();
    };
    site.ehr.load([patient, ...weights(count)]);
    const first = await sync();
    for (const one of weights(count, 80)) site.ehr.put(one);
    costs.push([first, await sync()]);
  }
  expect(costs[1]).toEqual(costs[0]);
});
