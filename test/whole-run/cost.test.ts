import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { tick } from '../../jobs/tick.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { drain, openTestWorld } from '../world/world.ts';

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

/** The same worker, telling the statements of its transactions. Parts of statements count as well. */
function counting(deps: Deps): { readonly deps: Deps; take(): string[][] } {
  let transactions: string[][] = [];
  const counted = (tx: Tx, sent: string[]): Tx =>
    new Proxy(tx, {
      apply: (target, self, args: unknown[]) => {
        if (Array.isArray(args[0]) && 'raw' in args[0]) sent.push(args[0].join('?'));
        return Reflect.apply(target, self, args);
      },
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (name !== 'unsafe' || typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          sent.push(String(args[0]));
          return Reflect.apply(member, target, args);
        };
      },
    });
  const begin = (work: (tx: Tx) => unknown) => {
    const sent: string[] = [];
    transactions.push(sent);
    return deps.sql.begin((tx) => work(counted(tx, sent)));
  };
  const sql = new Proxy(deps.sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  }) as Sql;
  return {
    deps: { ...deps, sql },
    take() {
      const taken = transactions;
      transactions = [];
      return taken;
    },
  };
}

/** Each row that is written to any table of the CDM, by the table's name, until `take`. */
async function watchCdm(): Promise<{ take(): Promise<string[]> }> {
  await sql.unsafe(`
    create table written (table_name text);
    create function note_written() returns trigger language plpgsql as $$
    begin
      insert into written values (tg_table_name);
      return null;
    end $$;`);
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'cdm'`;
  for (const { name } of tables) {
    await sql.unsafe(
      `create trigger written after insert or update or delete on ${name} for each row execute function note_written()`,
    );
  }
  return {
    async take() {
      const rows = await sql<{ table_name: string }[]>`select distinct table_name from written order by 1`;
      await sql.unsafe('drop function note_written cascade; drop table written');
      return rows.map((row) => row.table_name);
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
  const cdm = await watchCdm();
  const run = await site.sync({ full: true });
  const written = await cdm.take();

  it('is counted as unchanged', () => {
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 51,
      records_unchanged: 51,
      rows_written: 0,
    });
  });

  it('writes no row of the CDM, but when it was last in step', () => {
    expect(written).toEqual(['cdm_source']);
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
    await sql`update connection set sync_config = sync_config || '{"mapping": {"valueless_observations": true}}' where connection_id = ${site.id}`;
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 0, records_loaded: 51 });
  });
});

inLongRun(it)(
  'finds a line unchanged also where its type and id do not come first, and another order of keys as well',
  async () => {
    const site = await world.site();
    const turned = ({ resourceType, id, ...rest }: Resource): Resource => ({ ...rest, id, resourceType });
    site.ehr.load([patient, ...weights(3).map(turned)]);
    await site.sync();
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 4, records_loaded: 0 });
    site.ehr.load(weights(3));
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 4, records_loaded: 0 });
  },
);

it('sends as many statements for a chunk of few resources as for one of many, and each question once', async () => {
  // What is asked once of a vocabulary, and not of each chunk.
  const earlier = await world.site();
  earlier.ehr.load([patient, ...weights(1)]);
  await earlier.sync();
  const costs: string[][][] = [];
  for (const count of [20, LONG_RUN ? 400 : 100]) {
    const site = await world.site();
    const worker = counting(world.worker());
    const sync = async () => {
      await site.start();
      await drain(world.deps, world.clock, () => tick(worker.deps, () => false));
      return worker.take().filter(isOfMap).map(ownPart);
    };
    site.ehr.load([patient, ...weights(count)]);
    const first = await sync();
    for (const one of weights(count, 80)) site.ehr.put(one);
    costs.push([...first, ...(await sync())]);
  }
  // Patient and observations, then observations.
  expect(costs.map((chunks) => chunks.length)).toEqual([3, 3]);
  expect(costs[1]).toEqual(costs[0]);
  for (const sent of costs.flat()) {
    const asked = sent.filter(isLookUp);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).toEqual([...new Set(asked)]);
  }
});

const isOfMap = (sent: readonly string[]) =>
  sent.some((text) => /from chunk where chunk_id = .* for update/.test(text));

/** Without what comes next in the run, which depends on what else has been done by then. */
function ownPart(sent: readonly string[]): string[] {
  return sent.slice(
    0,
    sent.findIndex((text) => text.includes('select status, closing_at, manifest_at')),
  );
}

/** Asks what is known of resources, of what they refer to, or of codes. */
function isLookUp(text: string): boolean {
  return (
    /^\s*(select|with)\b/.test(text) &&
    /\b(resource|concept|source_code|vocabulary_answer|waiting)\b/.test(text)
  );
}
