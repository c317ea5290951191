import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { answerOf } from '../routes/api.ts';
import { condition, observation, patient } from '../world/record.ts';
import { drain, openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const app = createApp({ ...deps, config: { adminToken: 'token' } });

const UNMAPPED = '/api/v1/admin/vocabulary/unmapped';
const SYSTEM = 'https://hospital.example/laboratory/codes';
const GLUCOSE = 3004501;
const NAMED = 'Glucose, house (observable entity)';
const house = (code: string, display: string) => ({ code: { coding: [{ system: SYSTEM, code, display }] } });

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: 'Bearer token', ...(body ? { 'content-type': 'application/json' } : {}) };
  return await answerOf(
    await app.request(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }),
  );
}
interface Item {
  code_id: number;
  code: string;
  records: number;
}
const list = async (query = ''): Promise<Item[]> => (await call('GET', `${UNMAPPED}${query}`)).json.items;
const idOf = async (code: string) => (await list()).find((one) => one.code === code)?.code_id ?? 0;

describe('the worklist', async () => {
  const config = { unmapped_text_persons: 1 };
  const site = await world.site({ config });
  site.ehr.load([
    ...['a', 'b', 'c'].map((p) => patient(p)),
    ...[1, 2, 3, 4, 5, 6].map((n) => observation(`g${n}`, n < 5 ? 'a' : 'b', house('GLU-7', NAMED))),
    ...[1, 2, 3].map((n) => observation(`f${n}`, 'c', house('=1+2', '@formula, "quoted"'))),
    condition('w', 'a', { code: { text: 'sugar trouble' } }),
    observation('mapped', 'a'),
  ]);
  const first = await site.sync();
  const other = await world.site({ config });
  other.ehr.load([patient('p'), observation('g', 'p', house('GLU-7', NAMED))]);
  await other.sync();
  const third = await world.site({ config });
  const hemoglobin = (code: string) => house(code, 'Haemoglobin, house');
  third.ehr.load([
    patient('t'),
    ...[1, 2, 3].map((n) => observation(`h${n}`, 't', hemoglobin('HB-1'))),
    observation('h4', 't', hemoglobin('HB-2')),
    condition('sweet', 't', { code: { text: 'sweet blood' } }),
  ]);

  it('has the most frequent code first, with records, persons, times and the share that they make together', async () => {
    const [glucose, formula, words, ...rest] = (await call('GET', UNMAPPED)).json.items;
    expect(rest).toEqual([]);
    expect(glucose).toMatchObject({
      ...{
        system: SYSTEM,
        code: 'GLU-7',
        display: NAMED,
        resource_type: 'Observation',
        element: 'code',
      },
      ...{
        expected_domains: ['Measurement', 'Observation'],
        connections: 2,
        records: 7,
        persons: 3,
        has_map: false,
      },
      ...{ share: 63.64, cumulative_share: 63.64 },
    });
    expect(glucose.first_seen).toBe(new Date(first['created_at']).toISOString());
    expect(formula).toMatchObject({ records: 3, persons: 1, share: 27.27, cumulative_share: 90.91 });
    expect(words).toMatchObject({
      system: 'text',
      code: 'sugar trouble',
      expected_domains: ['Condition', 'Observation', 'Procedure', 'Measurement'],
      cumulative_share: 100,
    });
  });

  it('is chosen from by connection, domain, element, records and words', async () => {
    const codes = async (query: string) => (await list(query)).map((one) => `${one.code} ${one.records}`);
    expect(await codes(`?connection_id=${other.id}`)).toEqual(['GLU-7 1']);
    expect(await codes('?domain=Condition')).toEqual(['sugar trouble 1']);
    expect(await codes('?min_records=4')).toEqual(['GLU-7 7']);
    expect(await codes('?q=SUGAR')).toEqual(['sugar trouble 1']);
    expect(await codes('?q=%25')).toEqual([]);
    expect(await codes('?element=unit')).toEqual([]);
  });

  it('is paged by its order, each line once', async () => {
    const seen: string[] = [];
    for (let next: string | null = `${UNMAPPED}?limit=1`; next !== null; ) {
      const { json } = await call('GET', next);
      expect(json.items).toHaveLength(1);
      seen.push(json.items[0].code);
      next = json.next;
    }
    expect(seen).toEqual((await list()).map(({ code }) => code));
    expect((await call('GET', `${UNMAPPED}?cursor=7`)).status).toBe(400);
  });

  it('says the same as the view that counts anew', async () => {
    const view = await sql`
      select code, resource_type, element, sum(records)::int as records from unmapped_codes group by 1, 2, 3 order by 4 desc`;
    expect((await list()).map((one) => [one.code, one.records])).toEqual(
      view.map((row) => [row['code'], row['records']]),
    );
  });

  it('is given as CSV that no spreadsheet takes for formulas', async () => {
    const file = await call('GET', `${UNMAPPED}/export`);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file.text.split('\r\n')[0]).toMatch(/^code,display,records,system,/);
    expect(file.text).toContain(`\r\n'=1+2,"'@formula, ""quoted""",3,${SYSTEM},1,Observation,code,`);
  });

  it('suggests Standard concepts of the expected domains, the most alike first, by the words that say what it is', async () => {
    await buildSearch({ sql, log: deps.log, clock });
    const { json } = await call('GET', `${UNMAPPED}/${await idOf('GLU-7')}/suggestions`);
    expect(json).toMatchObject({
      text: 'Glucose, house',
      domains: ['Measurement', 'Observation'],
      index: 'ready',
    });
    expect(json.items[0].concept.concept_name).toMatch(/glucose/i);
    const alike = json.items.map((one: { similarity: number }) => one.similarity);
    expect(alike).toEqual(alike.toSorted((a: number, b: number) => b - a));
    for (const { concept } of json.items) {
      expect(concept).toMatchObject({ standard_concept: 'S', invalid_reason: null });
      expect(['Measurement', 'Observation']).toContain(concept.domain_id);
    }
    const missing = await call('GET', `${UNMAPPED}/999999/suggestions`);
    expect([missing.status, missing.json.code]).toEqual([404, 'unmapped-code-not-found']);
  });

  it('maps nothing, and starts nothing, to a concept that is not Standard', async () => {
    const before = await sql`select 1 from run`;
    const refused = await call('POST', `${UNMAPPED}/${await idOf('GLU-7')}/map`, { target_concept_id: 1 });
    expect([refused.status, refused.json.code]).toEqual([409, 'local-map-conflict']);
    expect(await sql`select 1 from source_to_concept_map`).toEqual([]);
    expect(await sql`select 1 from run`).toHaveLength(before.length);
    expect((await call('POST', `${UNMAPPED}/999999/map`, { target_concept_id: GLUCOSE })).json.code).toBe(
      'unmapped-code-not-found',
    );
  });

  it('gets shorter when a code is mapped: what uses it is mapped again, in every connection, and nothing else', async () => {
    const accepted = await call('POST', `${UNMAPPED}/${await idOf('GLU-7')}/map`, {
      target_concept_id: GLUCOSE,
    });
    expect(accepted.status).toBe(201);
    expect(accepted.json.map).toMatchObject({
      systems: [SYSTEM],
      source_code: 'GLU-7',
      target_concept_id: GLUCOSE,
    });
    expect(accepted.json.remaps).toEqual([
      { connection_id: site.id, run_id: expect.any(Number), note: 'started' },
      { connection_id: other.id, run_id: expect.any(Number), note: 'started' },
    ]);
    expect((await call('GET', `${UNMAPPED}?q=GLU-7`)).json.items).toMatchObject([{ has_map: true }]);
    await drain(deps, clock);
    const mapped = await sql`select 1 from measurement where measurement_concept_id = ${GLUCOSE}`;
    expect(mapped).toHaveLength(7);
    expect((await list()).map((one) => one.code)).toEqual(['=1+2', 'sugar trouble']);
    const touched = await sql`
      select fhir_id from resource where connection_id = ${site.id} and last_run <> ${first['run_id']} order by 1`;
    expect(touched.map((row) => row['fhir_id'])).toEqual(['g1', 'g2', 'g3', 'g4', 'g5', 'g6']);
  });

  it('maps words without a code as well', async () => {
    const accepted = await call('POST', `${UNMAPPED}/${await idOf('sugar trouble')}/map`, {
      target_concept_id: 201826,
    });
    expect(accepted.json.map).toMatchObject({ source_vocabulary_id: 'text', source_code: 'sugar trouble' });
    await drain(deps, clock);
    const [row] = await sql`
      select condition_concept_id, condition_source_value from condition_occurrence
      where condition_occurrence_id / 1000 = (select resource_key from resource where fhir_id = 'w')`;
    expect(row).toEqual({ condition_concept_id: 201826, condition_source_value: 'sugar trouble' });
    expect(world.logged()).not.toContain('sugar trouble');
  });

  it('tells which connection could not begin because a run of it is live', async () => {
    await site.start();
    const accepted = await call('POST', `${UNMAPPED}/${await idOf('=1+2')}/map`, {
      target_concept_id: GLUCOSE,
    });
    expect(accepted.json.remaps).toEqual([
      { connection_id: site.id, run_id: null, note: 'sync-already-running' },
    ]);
    await drain(deps, clock);
  });

  it('grows by what another connection brings', async () => {
    await third.sync();
    expect(await list(`?connection_id=${third.id}`)).toHaveLength(3);
  });

  const mapMany = (body: object) => call('POST', `${UNMAPPED}/map`, body);

  it('shows what a remap would change before anything is written, and then does it for many codes at once', async () => {
    const [glucose, words] = [await idOf('HB-1'), await idOf('sweet blood')];
    const maps = [
      { code_id: glucose, target_concept_id: GLUCOSE },
      { code_id: words, target_concept_id: 0 },
    ];
    const stored = await sql`select * from source_to_concept_map order by 1, 5`;
    const preview = await mapMany({ maps });
    expect([preview.status, preview.json.applied]).toEqual([200, false]);
    expect(preview.json.changes).toMatchObject({
      connections: [{ connection_id: third.id, codes: 1, records: 3, needs_full_sync: false }],
      changes: [
        {
          ...{ code: 'HB-1', change: 'newly-mapped', records: 3, before: { concepts: [] } },
          after: { concepts: [{ concept_id: GLUCOSE }] },
        },
      ],
    });
    expect(await sql`select * from source_to_concept_map order by 1, 5`).toEqual(stored);
    expect(await list(`?connection_id=${third.id}`)).toHaveLength(3);

    const done = await mapMany({ maps, apply: true });
    expect(done.json).toMatchObject({
      applied: true,
      remaps: [{ connection_id: third.id, run_id: expect.any(Number), note: 'started' }],
    });
    await drain(deps, clock);
    expect(await list(`?connection_id=${third.id}`)).toMatchObject([{ code: 'HB-2' }]);
    // What was decided can be looked at, and decided anew.
    expect(await list(`?connection_id=${third.id}&decided=true`)).toHaveLength(2);
    const [row] = await sql`
      select condition_concept_id from condition_occurrence
      where condition_occurrence_id / 1000 = (select resource_key from resource where fhir_id = 'sweet')`;
    expect(row).toEqual({ condition_concept_id: 0 });
  });

  it('maps none of many where something speaks against one of them, and says of which', async () => {
    const code_id = await idOf('HB-2');
    const maps = [{ code_id, target_concept_id: 999_999_999 }];
    for (const apply of [false, true]) {
      const answer = await mapMany({ maps, apply });
      expect(answer.json).toMatchObject({
        ...{ applied: false, changes: null, remaps: [] },
        said: [{ code_id, findings: [{ level: 'error', code: 'target-unknown' }] }],
      });
    }
    expect((await mapMany({ maps: [{ code_id: 987_654, target_concept_id: 0 }] })).json.code).toBe(
      'unmapped-code-not-found',
    );
  });
});
