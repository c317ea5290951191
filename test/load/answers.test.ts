/** What a chunk's resources were mapped with, and what is known of them afterwards. */
import { afterAll, describe, expect, it } from 'vitest';
import { type Known, knownColumns, lockKnown } from '../../jobs/load/compare/known.ts';
import { addAnswersInTx, keyOfGiven, replaceAnswersInTx } from '../../jobs/load/write/write-answers.ts';
import type { Given } from '../../jobs/vocabulary/resolve/resolver.ts';
import { newChunk, newSite } from '../derive/chart.ts';
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

describe('the answers of a chunk', async () => {
  const { runId } = await newSite(sql, 'answers');
  const NONE = { sourceConceptId: 0, sourceDomain: '', targets: [], values: [] };
  const given = (code: string, system = 'urn:answers'): Given => ({
    question: { kind: 'code', system, vocabularies: [], code },
    answer: NONE,
  });
  const chunk = () => newChunk(sql, runId);
  type Sums = readonly (readonly [given: Given, resources: number])[];
  const add = (...chunks: readonly (readonly [chunkId: number, sums: Sums])[]) =>
    sql.begin((tx) => addAnswersInTx(tx, new Map(chunks.map(([id, sums]) => [id, new Map(sums)]))));
  const replace = (chunkId: number, sums: Sums) =>
    sql.begin((tx) => replaceAnswersInTx(tx, chunkId, new Map(sums)));
  /** Undefined where nothing is kept of the chunk; its answers by their keys, whatever is kept of those. */
  async function sumsOf(chunkId: number): Promise<Record<string, number> | undefined> {
    const [row] = await sql<{ answers: string[]; resources: number[] }[]>`
      select answers, resources from chunk_answer where chunk_id = ${chunkId}`;
    return row && Object.fromEntries(row.answers.map((key, n) => [key, row.resources[n] ?? 0]));
  }
  const sums = (...of: Sums) => Object.fromEntries(of.map(([one, count]) => [keyOfGiven(one), count]));
  const codes = async (system: string) =>
    (
      await sql<{ code: string }[]>`select code from vocabulary_answer where system = ${system} order by 1`
    ).map((row) => row.code);

  it('are added to those that it has, and replaced where all of it is mapped again', async () => {
    const [a, b, c] = [given('a'), given('b'), given('c')];
    const [one, other, later] = [await chunk(), await chunk(), await chunk()];
    await add(
      [
        one,
        [
          [a, 2],
          [b, 1],
        ],
      ],
      [other, [[a, 5]]],
    );
    expect([await sumsOf(one), await sumsOf(other)]).toEqual([sums([a, 2], [b, 1]), sums([a, 5])]);
    await add([
      one,
      [
        [b, 3],
        [c, 4],
      ],
    ]);
    expect(await sumsOf(one)).toEqual(sums([a, 2], [b, 4], [c, 4]));
    await replace(one, [
      [c, 7],
      [b, 2],
    ]);
    await replace(later, [[a, 1]]);
    expect([await sumsOf(one), await sumsOf(later)]).toEqual([sums([c, 7], [b, 2]), sums([a, 1])]);
    expect(await sumsOf(other)).toEqual(sums([a, 5]));
    expect(await codes('urn:answers')).toEqual(['a', 'b', 'c']);
  });

  it('may be none at all', async () => {
    const id = await chunk();
    const one = given('alone', 'urn:alone');
    await replace(id, [[one, 1]]);
    expect(await codes('urn:alone')).toEqual(['alone']);
    await replace(id, []);
    expect(await sumsOf(id)).toEqual({});
    await add([id, []]);
    expect(await sumsOf(id)).toEqual({});
    await add([id, [[one, 2]]]);
    expect(await sumsOf(id)).toEqual(sums([one, 2]));
  });

  it('are kept of codes of up to 255 characters, and of concepts', async () => {
    const [longest, tooLong] = [given('x'.repeat(255), 'urn:long'), given('x'.repeat(256), 'urn:long')];
    const concept: Given = { question: { kind: 'concept', conceptId: 7 }, answer: null };
    const pair: Given = { question: { kind: 'ancestor', conceptId: 7, ancestorId: 8 }, answer: true };
    const [one, other] = [await chunk(), await chunk()];
    const asked = [
      [tooLong, 9],
      [longest, 1],
      [concept, 2],
      [pair, 3],
    ] as const;
    await add([one, asked]);
    await replace(other, asked);
    const kept = sums([longest, 1], [concept, 2], [pair, 3]);
    expect([await sumsOf(one), await sumsOf(other)]).toEqual([kept, kept]);
    expect(await codes('urn:long')).toEqual(['x'.repeat(255)]);
    expect(
      await sql`
        select kind, system, vocabularies, code, answer from vocabulary_answer
        where answer_key = any(${[keyOfGiven(concept), keyOfGiven(pair)]}::uuid[]) order by kind`,
    ).toEqual([
      { kind: 'ancestor', system: '', vocabularies: [], code: '7<8', answer: true },
      { kind: 'concept', system: '', vocabularies: [], code: '7', answer: null },
    ]);
  });

  it('are written again where they are free text that was deleted; of a code it is known that it stays', async () => {
    const [words, code] = [given('a cough since Monday', 'text'), given('cough', 'urn:stays')];
    const id = await chunk();
    const ask = () =>
      add([
        id,
        [
          [words, 1],
          [code, 1],
        ],
      ]);
    await ask();
    await ask();
    expect([await codes('text'), await codes('urn:stays')]).toEqual([['a cough since Monday'], ['cough']]);
    await sql`delete from vocabulary_answer where system in ('text', 'urn:stays')`;
    await ask();
    expect([await codes('text'), await codes('urn:stays')]).toEqual([['a cough since Monday'], []]);
    await replace(id, [[words, 1]]);
    expect(await sumsOf(id)).toEqual(sums([words, 1]));
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
