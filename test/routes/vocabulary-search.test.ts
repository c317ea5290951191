import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { concepts, temporaryFolder, text, vocabularies, writeFolder } from '../vocabulary/bundle.ts';
import { startApi, type TestApi } from './api.ts';

const log = pino({ level: 'silent' });
const clock = () => new Date('2026-03-01T08:00:00Z');

const FILES = {
  'CONCEPT.csv': concepts(
    '1|Diabetes mellitus|Condition|SNOMED|Disorder|S|73211009|',
    '2|Type 2 diabetes mellitus|Condition|SNOMED|Disorder|S|44054006|',
    '3|Diabetes mellitus|Condition|ICD10CM|3-char nonbill code||E08-E13|',
    '4|Diabetes mellitus|Condition|SNOMED|Disorder||5000|D',
    '5|Diabetes mellitus screening|Procedure|SNOMED|Procedure|S|268547008|',
    '6|Type 2 diabetes mellitus without complications|Condition|ICD10CM|5-char billing code||E11.9|',
    '7|Neonatal diabetes mellitus due to "rare" gene|Condition|SNOMED|Disorder|S|609580007|',
    "8|Crohn's disease|Condition|SNOMED|Disorder|S|34000006|",
    '9|Ménière disease|Condition|SNOMED|Disorder|S|13445001|',
    '10|metformin hydrochloride 500 MG Oral Tablet|Drug|RxNorm|Clinical Drug|S|861007|',
    '11|metformin|Drug|RxNorm|Ingredient|S|6809|',
    '12|Fracture of femur|Condition|SNOMED|Disorder|S|71620000|',
    '13|Femur fracture|Condition|ICD9CM|3-dig billing code||821|',
    '14|Myocardial infarction|Condition|SNOMED|Disorder|S|22298006|',
    '15|Drugs used in diabetes|Drug|ATC|ATC 2nd|C|A10|',
    '16|100% oxygen|Drug|RxNorm|Ingredient|S|7806|',
    '17|Infarction screening|Procedure|SNOMED|Procedure|S|268548009|',
    '18|millimeter mercury column|Unit|UCUM|Unit|S|mm[Hg]|',
    '19|kilogram|Unit|UCUM|Unit|S|kg|',
  ),
  'CONCEPT_RELATIONSHIP.csv': undefined,
  'CONCEPT_SYNONYM.csv': text('CONCEPT_SYNONYM.csv', [
    ['14', 'Heart attack', '4180186'],
    ['14', 'Infarction of heart', '4180186'],
    ['8', 'Regional enteritis', '4180186'],
    ['2', 'Type 2 diabetes mellitus', '4180186'],
  ]),
  'VOCABULARY.csv': vocabularies('v1'),
};

let api: TestApi;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  api = await startApi();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await api.close();
  await folder.remove();
});

const build = () => buildSearch({ sql: api.sql, clock, log });
async function load(): Promise<void> {
  const relationships =
    'concept_id_1\tconcept_id_2\trelationship_id\tvalid_start_date\tvalid_end_date\tinvalid_reason\n';
  const source = await writeFolder(folder.path, { ...FILES, 'CONCEPT_RELATIONSHIP.csv': relationships });
  await loadVocabulary({ sql: api.sql, source, clock, log });
}
const ask = (q: string, query: Record<string, string> = {}) =>
  api.call('GET', `/api/v1/vocabulary/search?${new URLSearchParams({ q, ...query })}`);
interface Item {
  readonly concept: { readonly concept_id: number };
}
async function search(q: string, query: Record<string, string> = {}): Promise<number[]> {
  const answer = await ask(q, query);
  expect(answer.status, answer.text).toBe(200);
  return answer.json.items.map(({ concept }: Item) => concept.concept_id);
}

describe('without a vocabulary', () => {
  it('searching answers 409, and there is nothing to build', async () => {
    expect(await ask('diabetes')).toMatchObject({ status: 409, json: { code: 'vocabulary-not-loaded' } });
    expect(await build()).toEqual({ state: 'no-vocabulary' });
  });
});

describe('while the search of a release is not built', () => {
  beforeAll(load);

  it('names are found by their beginning, codes as always, and the answer says so', async () => {
    expect((await ask('diabetes mel')).json).toMatchObject({ index: 'building', forgives_typos: false });
    expect(await search('diabetes mel')).toEqual([1, 3, 4, 5]);
    expect(await search('diabetes mel', { standard: 'S', domain: 'condition' })).toEqual([1]);
    expect(await search('E11.9')).toEqual([6]);
    expect(await search('mellitus')).toEqual([]);
  });

  it('a percent sign is a percent sign', async () => {
    expect(await search('100%')).toEqual([16]);
    expect(await search('%mellitus')).toEqual([]);
    expect(await search('1_0%')).toEqual([]);
  });
});

describe('once it is built', () => {
  beforeAll(async () => {
    await load();
    expect(await build()).toMatchObject({ state: 'built', texts: 23 });
  });

  it('building again has nothing to do', async () => {
    expect(await build()).toEqual({ state: 'there' });
  });

  it('the exact name comes first, Standard before others, valid before retired, few other words before many', async () => {
    expect(await search('diabetes mellitus')).toEqual([1, 3, 4, 5, 2, 6, 7]);
    expect((await ask('diabetes mellitus')).json).toMatchObject({
      index: 'ready',
      corrected: [],
      ignored: [],
    });
  });

  it('the order typed is better than another', async () => {
    expect(await search('femur fracture')).toEqual([13, 12]);
    expect(await search('fracture of femur')).toEqual([12, 13]);
    expect(await search('fracture of the femur')).toEqual([13, 12]);
  });

  it('synonyms are found, with the synonym, each concept once', async () => {
    expect((await ask('heart attack')).json.items).toMatchObject([
      { concept: { concept_id: 14 }, matched: 'synonym', matched_text: 'Heart attack' },
    ]);
    expect(await search('infarction')).toEqual([17, 14]);
    expect((await ask('type 2 diabetes mellitus')).json.items[0]).toMatchObject({
      ...{ matched: 'name', matched_text: null },
    });
  });

  it('the last word may be the beginning of one', async () => {
    expect(await search('myocard')).toEqual([14]);
    expect(await search('type 2 diab')).toEqual([2, 6]);
    expect((await ask('diab type')).json.ignored).toEqual(['diab']);
  });

  it('misspelt words are found, and the answer says what they were taken for', async () => {
    const answer = await ask('myocardail infraction');
    expect(answer.json).toMatchObject({
      forgives_typos: true,
      corrected: [
        { typed: 'myocardail', taken_as: ['myocardial'] },
        { typed: 'infraction', taken_as: ['infarction'] },
      ],
      items: [{ concept: { concept_id: 14 } }],
    });
    expect((await search('diabtes melitus'))[0]).toBe(1);
    expect(await search('metfromin')).toEqual([11, 10]);
  });

  it('accents, capitals, apostrophes and punctuation do not matter', async () => {
    expect(await search('MENIERE disease')).toEqual([9]);
    expect(await search('Ménière')).toEqual([9]);
    expect(await search('crohns disease')).toEqual([8]);
    expect(await search("Crohn's-disease!")).toEqual([8]);
    expect(await search('"rare" gene')).toEqual([7]);
  });

  it('numbers are not forgiven', async () => {
    expect(await search('metformin 500')).toEqual([10]);
    expect((await ask('metformin 501')).json.ignored).toEqual(['501']);
  });

  it('words in no name are left out, and named', async () => {
    const answer = await ask('myocardial infarction zzzyx');
    expect(answer.json).toMatchObject({ ignored: ['zzzyx'], items: [{ concept: { concept_id: 14 } }] });
    expect((await ask('zzzyx')).json).toMatchObject({ ignored: ['zzzyx'], items: [], more: false });
  });

  it('codes and ids come first', async () => {
    expect((await ask('e11.9')).json.items).toMatchObject([{ concept: { concept_id: 6 }, matched: 'code' }]);
    expect(await search('44054006')).toEqual([2]);
    expect((await search('14'))[0]).toBe(14);
    expect(await search('mm[Hg]')).toEqual([18]);
    expect((await search('kg'))[0]).toBe(19);
  });

  it('filters are a choice each, and all must hold', async () => {
    expect(await search('diabetes', { domain: 'Procedure' })).toEqual([5]);
    expect(await search('diabetes', { vocabulary: 'ICD10CM,ATC' })).toEqual([3, 15, 6]);
    expect(await search('diabetes', { vocabulary: 'ICD10CM', class: '5-char billing code' })).toEqual([6]);
    expect(await search('diabetes', { standard: 'C' })).toEqual([15]);
    expect(await search('diabetes', { standard: 'S,C', domain: 'drug' })).toEqual([15]);
    expect(await search('diabetes mellitus', { valid: 'false' })).toEqual([4]);
    expect(await search('diabetes', { domain: 'Nowhere' })).toEqual([]);
    expect(await search('E11.9', { domain: 'Drug' })).toEqual([]);
  });

  it('pages follow one another', async () => {
    const first = await ask('diabetes mellitus', { limit: '3' });
    expect(first.json.more).toBe(true);
    expect(await search('diabetes mellitus', { limit: '3', offset: '3' })).toEqual([5, 2, 6]);
    const last = await ask('diabetes mellitus', { limit: '3', offset: '6' });
    expect(last.json).toMatchObject({ items: [{ concept: { concept_id: 7 } }], more: false });
  });

  it.each([
    "'; drop table concept; --",
    '$1',
    '" | & ! <-> (',
    "a' or 1=1",
    '\\',
    'd:condition',
    'diabetes@0',
    'x:*',
  ])('takes %s for words', async (q) => {
    expect([200, 400]).toContain((await ask(q)).status);
    expect(await search('diabetes mellitus', { domain: q.replaceAll(',', '') })).toEqual([]);
    expect(await api.sql`select count(*) as n from concept`).toEqual([{ n: 20 }]);
  });

  it('a tag typed as a word is no filter', async () => {
    expect(await search('v:atc')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['only punctuation', '"...?'],
    ['more than 200 characters', 'a'.repeat(201)],
  ])('refuses %s', async (_, q) => {
    expect(await ask(q)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });

  it('refuses filters and pages that cannot be', async () => {
    for (const query of [
      { limit: '0' },
      { limit: '101' },
      { offset: '-1' },
      { offset: '1001' },
      { standard: 'X' },
      { valid: 'maybe' },
    ]) {
      expect(await ask('diabetes', query as Record<string, string>)).toMatchObject({ status: 400 });
    }
  });

  it('a new release is searched by its own words only, and the old ones are gone once they are built', async () => {
    await load();
    expect((await ask('diabetes mellitus')).json.index).toBe('building');
    await build();
    expect((await ask('diabetes mellitus')).json.index).toBe('ready');
    const tables = await api.sql`select tablename from pg_tables where tablename ~ '^search_(text|word)_'`;
    expect(tables).toHaveLength(2);
  });

  it('a build that is broken off leaves nothing', async () => {
    await load();
    const stop = new AbortController();
    stop.abort();
    await expect(buildSearch({ sql: api.sql, clock, log, signal: stop.signal })).rejects.toThrow();
    expect((await ask('diabetes mellitus')).json.index).toBe('building');
    await build();
  });
});

describe('among tens of thousands of names with the same words', () => {
  beforeAll(async () => {
    await load();
    // Every name has "tablet"; one in a thousand is of another domain, and one is short.
    await api.sql`
      insert into concept
      select 1000000 + n, 'substance' || n % 5000 || ' ' || n || ' MG Oral Tablet' || repeat(' of', n % 3),
        case when n % 1000 = 0 then 'Device' else 'Drug' end, 'RxNorm', 'Clinical Drug', case when n % 2 = 0 then 'S' end,
        'code' || n, '1970-01-01', '2099-12-31', null
      from generate_series(1, 70000) as n`;
    await api.sql`
      insert into concept values (3000000, 'Tablet', 'Drug', 'RxNorm', 'Dose Form', 'S', '317541', '1970-01-01', '2099-12-31', null)`;
    await build();
  });

  const all = (order: string, where = 'true') =>
    api.sql.unsafe<{ concept_id: number }[]>(
      `select concept_id from concept where concept_id > 1000000 and lower(concept_name) ~ 'tablet' and ${where}
       order by length(concept_name) - length(replace(concept_name, ' ', '')), standard_concept is distinct from 'S',
         length(concept_name), concept_id ${order}`,
    );

  it('gives the best ones, as if all had been ranked', async () => {
    const best = (await all('limit 30')).map((row) => row.concept_id);
    expect(best[0]).toBe(3000000);
    expect(await search('tablet', { limit: '30' })).toEqual(best);
    expect(await search('mg tablet', { limit: '29' })).toEqual(best.slice(1));
  });

  it('gives all of a filter that leaves few', async () => {
    const devices = (await all('', "domain_id = 'Device'")).map((row) => row.concept_id);
    expect(devices).toHaveLength(70);
    expect(await search('tablet', { domain: 'Device', limit: '100' })).toEqual(devices);
    expect(
      await search('oral tablet', { domain: 'Drug,Device', standard: 'S', limit: '5', offset: '1000' }),
    ).toHaveLength(5);
  });

  it('finds a rare word beside common ones', async () => {
    expect((await search('oral tablet substance4999', { limit: '20' })).sort()).toEqual(
      Array.from({ length: 14 }, (_, at) => 1004999 + at * 5000),
    );
  });
});
