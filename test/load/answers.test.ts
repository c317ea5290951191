/** What a chunk's resources were mapped with, and what is known of them afterwards. */
import { afterAll, describe, expect, it } from 'vitest';
import { type Known, knownColumns, lockKnown } from '../../jobs/load/compare/known.ts';
import { addAnswersInTx } from '../../jobs/load/write/write-answers.ts';
import type { Given } from '../../jobs/vocabulary/resolve/resolver.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { condition, medication, observation, patient, prescription } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

interface Kept {
  type: string;
  kind: string;
  code: string;
  concept: number | null;
  resources: number;
}

/** By type of the file that the chunk came from. */
async function kept(site: Site): Promise<Kept[]> {
  return await sql<Kept[]>`
    select f.resource_type as type, v.kind, v.code, (v.answer->'targets'->0->>'conceptId')::int as concept, a.resources
    from chunk_answer c join chunk k using (chunk_id) join run r using (run_id) join export_file f using (file_id)
    cross join lateral unnest(c.answers, c.resources) as a(answer_key, resources)
    join vocabulary_answer v using (answer_key)
    where r.connection_id = ${site.id} order by 1, 2, 3`;
}

describe('a chunk', async () => {
  const site = await world.site();
  const diabetes = { system: 'http://snomed.info/sct', code: '44054006' };
  site.ehr.load([
    patient('p'),
    condition('once', 'p'),
    condition('twice', 'p', { code: { coding: [diabetes, diabetes] } }),
    condition('local', 'p', { code: codeable({ system: 'urn:local', code: 'x\\"y, {z}' }) }),
    condition('endless', 'p', { code: codeable({ system: 'urn:local', code: 'x'.repeat(256) }) }),
    observation('o', 'p'),
    observation('of-nobody', 'not-here'),
    observation('local-unit', 'p', { valueQuantity: { value: 72, unit: 'blobs' } }),
  ]);
  await site.sync();

  it('counts what is loaded with all of its primary codes mapped, the others by system, and clocks', async () => {
    const { sums, systems, clocks } = await sql.begin(async (tx) => {
      const run = tx`run_id in (select run_id from run where connection_id = ${site.id})`;
      return {
        sums: await tx`
          select resource_type, sum(loaded)::int as loaded, sum(parked)::int as parked, sum(mapped)::int as mapped
          from chunk_count where ${run} group by 1 order by 1`,
        systems: await tx`select system, resources from chunk_unmapped where ${run} order by 1`,
        clocks: await tx`select resource_type, clock, resources from chunk_clock where ${run} order by 1, 2`,
      };
    });
    expect(sums.map((row) => Object.values(row))).toEqual([
      ['Condition', 4, 0, 2],
      ['Observation', 2, 1, 2],
      ['Patient', 1, 0, 1],
    ]);
    expect(systems).toEqual([{ system: 'urn:local', resources: 2 }]);
    expect(clocks).toEqual([{ resource_type: 'Observation', clock: 'utc', resources: 2 }]);
  });

  it('keeps each answer with the number of resources that asked, however often they did', async () => {
    const codes = (await kept(site)).filter((one) => one.type === 'Condition' && one.kind === 'code');
    expect(codes).toMatchObject([
      { code: '44054006', concept: 201826, resources: 2 },
      { code: 'x\\"y, {z}', concept: null, resources: 1 },
    ]);
  });

  it('keeps units and values as well', async () => {
    const codes = (await kept(site)).filter((one) => one.type === 'Observation').map((one) => one.code);
    expect(codes).toEqual(expect.arrayContaining(['8867-4', '/min']));
  });

  it('gets the answers of its resources that are mapped later, in another run', async () => {
    const late = await world.site();
    late.ehr.load([patient('p'), prescription('rx', 'p', 'm')]);
    await late.sync();
    const drugs = async () => (await kept(late)).filter((one) => one.type === 'MedicationRequest');
    expect(await drugs()).toEqual([]);
    late.ehr.put(medication('m'));
    await late.sync();
    expect(await drugs()).toMatchObject([{ code: '314076', concept: 19080128, resources: 1 }]);
    late.ehr.put(medication('m', '197361'));
    await late.sync();
    expect((await drugs()).map((one) => one.code)).toEqual(['197361', '314076']);
  });
});

describe('an answer', () => {
  it('is written again when the transaction that wrote it first was rolled back', async () => {
    const given: Given = {
      question: {
        kind: 'code',
        system: 'urn:x',
        vocabularies: ['X', 'Y Z'],
        code: coding('SNOMED', '44054006').code,
      },
      answer: { sourceConceptId: 0, sourceDomain: '', targets: [], values: [] },
    };
    const written = new Map([[await anyChunk(), new Map([[given, 2]])]]);
    const abandoned = new Error('abandoned');
    await sql
      .begin(async (tx) => {
        await addAnswersInTx(tx, written);
        await addAnswersInTx(tx, written);
        throw abandoned;
      })
      .catch((error: unknown) => expect(error).toBe(abandoned));
    await sql.begin((tx) => addAnswersInTx(tx, written));
    expect(await sql`select vocabularies from vocabulary_answer where system = 'urn:x'`).toEqual([
      { vocabularies: ['X', 'Y Z'] },
    ]);
  });
});

describe('what is known of resources', () => {
  const read = () =>
    sql.begin((tx) => tx<Known[]>`select ${knownColumns(tx)} from resource r order by resource_key limit 3`);

  it('holds as long as none of them has another content, run or outcome', async () => {
    const [first, ...others] = await read();
    if (!first) throw new Error('Expected a resource');
    const holds = (one: Known) => sql.begin((tx) => lockKnown(tx, [...others, one]));
    expect(await holds(first)).toBe(true);
    expect(await holds({ ...first, content_hash: Buffer.of(0) })).toBe(false);
    expect(await holds({ ...first, last_run: first.last_run + 1 })).toBe(false);
    expect(await holds({ ...first, outcome: 'parked' })).toBe(false);
    expect(await holds({ ...first, resource_key: -1 })).toBe(false);
  });

  it('is locked, those and no others, until the transaction ends', async () => {
    const [first, ...others] = await read();
    if (!first) throw new Error('Expected a resource');
    await sql.begin(async (tx) => {
      await lockKnown(tx, others);
      const free = await sql<{ key: number }[]>`
        select resource_key as key from resource order by resource_key limit 3 for update skip locked`;
      expect(free.map(({ key }) => key)).toContain(first.resource_key);
      for (const { resource_key } of others) expect(free.map(({ key }) => key)).not.toContain(resource_key);
    });
  });
});

async function anyChunk(): Promise<number> {
  const [chunk] = await sql<{ chunk_id: number }[]>`select chunk_id from chunk limit 1`;
  return chunk?.chunk_id ?? 0;
}
