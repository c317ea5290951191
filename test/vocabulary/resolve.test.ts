import { readdir, readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXED_CONCEPTS } from '../../jobs/map/cdm/concepts.ts';
import type { Resolution } from '../../jobs/map/types.ts';
import { NOTHING } from '../../jobs/map/types.ts';
import { checkConcepts } from '../../jobs/vocabulary/check-concepts.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { NAMED_CONCEPTS, type NamedConcept } from '../../jobs/vocabulary/named-concepts.ts';
import { createResolver, type Lookup } from '../../jobs/vocabulary/resolve/resolver.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { bundle, concepts, relationships, temporaryFolder, vocabularies, writeFolder } from './bundle.ts';

const SNOMED = 'http://snomed.info/sct';
const ICD10CM = 'http://hl7.org/fhir/sid/icd-10-cm';
const ICD9 = 'http://hl7.org/fhir/sid/icd-9-cm';
const NDC = 'http://hl7.org/fhir/sid/ndc';
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

const RELEASE = bundle({
  'CONCEPT.csv': concepts(
    '10|Diabetes|Condition|SNOMED|Disorder|S|100|',
    '11|Retinopathy|Condition|SNOMED|Disorder|S|101|',
    '12|Withdrawn|Condition|SNOMED|Disorder||102|D',
    '13|History of|Observation|SNOMED|Context|S|103|',
    '14|Positive|Meas Value|SNOMED|Qualifier Value|S|104|',
    '15|Standard but withdrawn|Condition|SNOMED|Disorder|S|105|U',
    '20|Diabetes with retinopathy|Condition|ICD10CM|5-char billing code||E11.31|',
    '21|Family history|Observation|ICD10CM|4-char billing code||Z83.3|',
    '22|Old map|Condition|ICD10CM|3-char||A00|',
    '23|To withdrawn|Condition|ICD10CM|3-char||A01|',
    '30|A drug|Drug|RxNorm|Clinical Drug|S|5640|',
    '31|An extension|Drug|RxNorm Extension|Clinical Drug|S|OMOP1|',
    '40|Package one|Drug|NDC|11-digit NDC||00002143380|',
    '41|Package two|Drug|NDC|11-digit NDC||50242004121|',
    '42|Package three|Drug|NDC|11-digit NDC||50242041201|',
    '50|Diagnosis|Condition|ICD9CM|4-dig||451.3|',
    '51|Procedure|Procedure|ICD9Proc|4-dig|S|45.13|',
    '52|Other procedure|Procedure|ICD9Proc|4-dig|S|99.29|',
    '60|Twice, withdrawn|Condition|SNOMED|Disorder||200|D',
    '61|Twice, valid|Condition|SNOMED|Disorder|S|200|',
    '70|Replaced|Condition|SNOMED|Disorder||300|U',
    '71|Replaced by one that was replaced|Condition|SNOMED|Disorder||301|U',
    '72|Replaced in a circle|Condition|SNOMED|Disorder||302|U',
    '73|Replaced in a circle too|Condition|SNOMED|Disorder||303|U',
    '74|Replaced by one that maps|Condition|SNOMED|Disorder||304|U',
    '75|Replaced by two|Condition|SNOMED|Disorder||305|U',
    '76|Replaced by two that are the same|Condition|SNOMED|Disorder||306|U',
    '77|Replaced once|Condition|SNOMED|Disorder||307|U',
    '78|Replaced but mapped|Condition|SNOMED|Disorder||308|U',
    '79|Valid, and yet replaced|Condition|SNOMED|Disorder||309|',
    '80|Replaced by a withdrawn one that maps|Condition|SNOMED|Disorder||310|U',
    ...[81, 82, 83, 84, 85, 86].map((id) => `${id}|Link ${id}|Condition|SNOMED|Disorder||${id}|U`),
  ),
  'CONCEPT_RELATIONSHIP.csv': relationships(
    '10,Maps to,10',
    '20,Maps to,11',
    '20,Maps to,10',
    '21,Maps to,13',
    '21,Maps to value,10',
    '22,Maps to,10,D',
    '23,Maps to,12',
    '12,Maps to,10',
    '15,Maps to,11',
    '20,Is a,13',
    '40,Maps to,30',
    '41,Maps to,30',
    '42,Maps to,31',
    '50,Maps to,10',
    '20,Maps to,999',
    '70,Concept replaced by,10',
    '71,Concept replaced by,70',
    '72,Concept replaced by,73',
    '73,Concept replaced by,72',
    '74,Concept replaced by,21',
    '75,Concept replaced by,10',
    '75,Concept replaced by,11',
    '76,Concept replaced by,10',
    '76,Concept replaced by,78',
    '77,Concept replaced by,10,D',
    '78,Maps to,10',
    '78,Concept replaced by,11',
    '79,Concept replaced by,10',
    '80,Concept replaced by,12',
    ...[81, 82, 83, 84, 85].map((id) => `${id},Concept replaced by,${id + 1}`),
    '86,Concept replaced by,10',
  ),
  'VOCABULARY.csv': vocabularies('first'),
});

let db: TestDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const load = async (files: typeof RELEASE) =>
  loadVocabulary({
    sql: db.sql,
    source: await writeFolder(folder.path, files),
    clock: () => new Date('2026-03-01T08:00:00Z'),
    log: pino({ level: 'silent' }),
  });
beforeAll(async () => {
  db = await newDatabase();
  folder = await temporaryFolder();
});
afterAll(async () => {
  await db.drop();
  await folder.remove();
});

/** What a fresh resolver answers, without anything remembered. */
async function resolve(
  system: string,
  code: string,
  extra: Record<string, string> = {},
): Promise<Resolution> {
  const resolver = createResolver({ sql: db.sql });
  const lookup = resolver.begin(await resolver.state(db.sql), extra);
  lookup.resolve(system, code);
  await lookup.fetchMissing(db.sql);
  return lookup.resolve(system, code);
}
const ids = (resolution: Resolution) => ({
  source: resolution.sourceConceptId,
  targets: resolution.targets.map((target) => target.conceptId),
  values: resolution.values.map((target) => target.conceptId),
});

describe('without a vocabulary', () => {
  it('says what to run', async () => {
    await expect(createResolver({ sql: db.sql }).state(db.sql)).rejects.toMatchObject({
      code: 'vocabulary-not-loaded',
      message: expect.stringContaining('npm run cli -- vocabulary load DIR|ZIP'),
    });
  });
});

describe('a code', () => {
  beforeAll(() => load(RELEASE));

  it('that is Standard leads to itself, with its domain, vocabulary and class', async () => {
    expect(await resolve(SNOMED, '100')).toEqual({
      sourceConceptId: 10,
      sourceDomain: 'Condition',
      targets: [{ conceptId: 10, domain: 'Condition', vocabulary: 'SNOMED', conceptClass: 'Disorder' }],
      values: [],
    });
  });

  it.each([
    ['leads to all Standard targets in order of their ids', ICD10CM, 'E11.31', 20, [10, 11], []],
    ['leads to its values too', ICD10CM, 'Z83.3', 21, [13], [10]],
    ['whose map was withdrawn leads nowhere', ICD10CM, 'A00', 22, [], []],
    ['whose target was withdrawn leads nowhere', ICD10CM, 'A01', 23, [], []],
    ['that was withdrawn itself still leads to its target', SNOMED, '102', 12, [10], []],
    ['that is Standard but no longer valid leads to its target', SNOMED, '105', 15, [11], []],
    ['that was replaced leads to its replacement', SNOMED, '300', 70, [10], []],
    ['that was replaced more than once leads to the last one', SNOMED, '301', 71, [10], []],
    [
      'that was replaced leads to what its replacement maps to, with the values',
      SNOMED,
      '304',
      74,
      [13],
      [10],
    ],
    ['that was replaced leads to what a withdrawn replacement maps to', SNOMED, '310', 80, [10], []],
    ['whose replacements go in a circle leads nowhere', SNOMED, '302', 72, [], []],
    ['whose replacements say different things leads nowhere', SNOMED, '305', 75, [], []],
    ['whose replacements say the same leads there', SNOMED, '306', 76, [10], []],
    ['whose replacement was withdrawn leads nowhere', SNOMED, '307', 77, [], []],
    ['that was replaced but has a map of its own follows the map', SNOMED, '308', 78, [10], []],
    ['that is valid is not replaced', SNOMED, '309', 79, [], []],
    ['five replacements away is found', SNOMED, '82', 82, [10], []],
    ['more than five replacements away is not', SNOMED, '81', 81, [], []],
    ['there twice is the valid one', SNOMED, '200', 61, [61], []],
    ['without its dot and in small letters is found', ICD10CM, ' e1131 ', 20, [10, 11], []],
    ['of an extension is found under the main system', RXNORM, 'OMOP1', 31, [31], []],
    ['in a 10-digit layout is found', NDC, '0002-1433-80', 40, [30], []],
    ['of 10 digits without hyphens is found when one reading exists', NDC, '0002143380', 40, [30], []],
    ['of 10 digits is not guessed when two readings exist', NDC, '5024204121', 0, [], []],
    ['of an ICD-9 procedure is found', ICD9, '45.13', 51, [51], []],
    ['of ICD-9 without a dot is found where only one exists', ICD9, '9929', 52, [52], []],
    ['of ICD-9 without a dot is not guessed between diagnosis and procedure', ICD9, '4513', 0, [], []],
    ['that does not exist leads nowhere', SNOMED, '999', 0, [], []],
    ['of an unknown system leads nowhere', 'http://hospital.example', '100', 0, [], []],
  ])('%s', async (_, system, code, source, targets, values) => {
    expect(ids(await resolve(system, code))).toEqual({ source, targets, values });
  });

  it('of a local system goes by source_to_concept_map, which also goes before the vocabulary', async () => {
    const map = (
      code: string,
      vocabulary: string,
      target: number,
      from = '1970-01-01',
      to = '2099-12-31',
    ) => db.sql`
      insert into source_to_concept_map values (${code}, 0, ${vocabulary}, null, ${target}, 'SNOMED', ${from}, ${to})`;
    await map('GLU', 'LAB', 11);
    await map('GLU', 'LAB', 10);
    await map('OLD', 'LAB', 10, '1970-01-01', '1980-01-01');
    await map('NEW', 'LAB', 10, '2099-01-01');
    await map('NONE', 'LAB', 0);
    await map('BAD', 'LAB', 12);
    await map('Z83.3', 'ICD10CM', 11);
    await map('A1', 'urn:oid:1.2.3', 13);
    const lab = { 'http://hospital.example/lab': 'LAB' };
    expect(ids(await resolve('http://hospital.example/lab', 'GLU', lab))).toEqual({
      source: 0,
      targets: [10, 11],
      values: [],
    });
    for (const code of ['OLD', 'NEW', 'NONE', 'BAD']) {
      expect(ids(await resolve('http://hospital.example/lab', code, lab)).targets).toEqual([]);
    }
    expect(ids(await resolve('http://hospital.example/lab', 'GLU')).targets).toEqual([]);
    expect(ids(await resolve(ICD10CM, 'Z83.3'))).toMatchObject({ source: 21, targets: [11] });
    expect(ids(await resolve('urn:oid:1.2.3', 'A1')).targets).toEqual([13]);
    await db.sql`delete from source_to_concept_map`;
  });
});

describe('a resolver', () => {
  beforeAll(() => load(RELEASE));

  it('answers a whole chunk with three statements and the next one with none', async () => {
    const resolver = createResolver({ sql: db.sql });
    const state = await resolver.state(db.sql);
    const lookup = resolver.begin(state);
    const map = (with_: typeof lookup) => [
      ...['100', '101', '102', 'nothing'].map((code) => with_.resolve(SNOMED, code).sourceConceptId),
      with_.resolve(undefined, '100').sourceConceptId,
      with_.standard(10)?.domain,
      with_.standard(12)?.domain,
    ];
    expect(map(lookup)).toEqual([0, 0, 0, 0, 0, undefined, undefined]);
    const statements = await counted((sql) => lookup.fetchMissing(sql));
    expect(statements).toBe(3);
    expect(map(lookup)).toEqual([10, 11, 12, 0, 0, 'Condition', undefined]);
    expect(await lookup.fetchMissing(db.sql)).toBe(false);
    const next = resolver.begin(state);
    expect(map(next)).toEqual([10, 11, 12, 0, 0, 'Condition', undefined]);
    expect(await next.fetchMissing(db.sql)).toBe(false);
  });

  it("never gives one connection what another connection's code systems mean", async () => {
    const resolver = createResolver({ sql: db.sql });
    const state = await resolver.state(db.sql);
    const known = resolver.begin(state);
    known.resolve(SNOMED, '100');
    await known.fetchMissing(db.sql);
    const other = resolver.begin(state, { [SNOMED]: 'RxNorm' });
    expect(other.resolve(SNOMED, '100')).toBe(NOTHING);
    await other.fetchMissing(db.sql);
    expect(other.resolve(SNOMED, '100').sourceConceptId).toBe(0);
  });

  it('ends although its memory holds less than one chunk asks for', async () => {
    const resolver = createResolver({ sql: db.sql, capacity: 2 });
    const state = await resolver.state(db.sql);
    const lookup = resolver.begin(state);
    const codes = ['100', '101', '102', '103', '104', '105'];
    let rounds = 0;
    do {
      rounds++;
      for (const code of codes) lookup.resolve(SNOMED, code);
    } while (await lookup.fetchMissing(db.sql));
    expect(rounds).toBe(2);
    expect(codes.map((code) => lookup.resolve(SNOMED, code).sourceConceptId)).toEqual([
      10, 11, 12, 13, 14, 15,
    ]);
  });

  it('answers words that are longer than any code within their chunk, and does not remember them', async () => {
    const resolver = createResolver({ sql: db.sql });
    const state = await resolver.state(db.sql);
    const [code, words] = ['x'.repeat(255), 'x'.repeat(256)];
    const first = resolver.begin(state);
    for (const one of [code, words]) first.resolve('text', one);
    expect(await first.fetchMissing(db.sql)).toBe(true);
    const missedBy = (lookup: Lookup, one: string) => {
      lookup.about(1);
      lookup.resolve('text', one);
      return lookup.missed();
    };
    expect([code, words].map((one) => missedBy(first, one))).toEqual([false, false]);
    const next = resolver.begin(state);
    expect([code, words].map((one) => missedBy(next, one))).toEqual([false, true]);
  });

  it('forgets a release with the next one', async () => {
    const resolver = createResolver({ sql: db.sql });
    const before = await resolver.state(db.sql);
    const lookup = resolver.begin(before);
    lookup.resolve(SNOMED, '100');
    await lookup.fetchMissing(db.sql);
    await load(bundle({ 'CONCEPT.csv': concepts('77|Diabetes anew|Condition|SNOMED|Disorder|S|100|') }));
    const after = await resolver.state(db.sql);
    expect(after.releaseId).toBeGreaterThan(before.releaseId);
    const next = resolver.begin(after);
    expect(next.resolve(SNOMED, '100')).toBe(NOTHING);
    await next.fetchMissing(db.sql);
    expect(next.resolve(SNOMED, '100').sourceConceptId).toBe(77);
    expect(lookup.resolve(SNOMED, '100').sourceConceptId).toBe(10);
  });
});

const named = (id: number, more: Partial<NamedConcept> = {}): NamedConcept => ({
  ...{ id, name: `name ${id}`, uses: `column ${id}` },
  ...more,
});

describe('the check of named concepts', () => {
  it('tells what is missing, withdrawn, not Standard or in another domain', async () => {
    await load(RELEASE);
    expect(
      await checkConcepts(db.sql, [
        named(10, { domain: 'Condition' }),
        named(30),
        named(20, { domain: 'Condition', standard: false }),
        named(4711),
        named(12),
        named(20),
        named(11, { domain: 'Drug' }),
      ]),
    ).toEqual([
      {
        concept_id: 4711,
        name: 'name 4711',
        uses: 'column 4711',
        problem: 'is not in the loaded vocabulary',
      },
      { concept_id: 12, name: 'name 12', uses: 'column 12', problem: 'is no longer valid' },
      { concept_id: 20, name: 'name 20', uses: 'column 20', problem: 'is not a Standard concept' },
      {
        ...{ concept_id: 11, name: 'name 11', uses: 'column 11' },
        problem: 'is in domain Condition, expected Drug',
      },
    ]);
    expect((await checkConcepts(db.sql)).length).toBeGreaterThan(50);
  });

  it('knows every id that the mappers and the SQL name', async () => {
    const known = new Set(NAMED_CONCEPTS.map((concept) => concept.id));
    expect(FIXED_CONCEPTS.filter((concept) => !known.has(concept.id))).toEqual([]);
    expect(known.size).toBe(NAMED_CONCEPTS.length);
    // Years, days, factors of ids.
    const others = new Set([1000, 1095, 1850, 9999, 100_000]);
    for (const part of ['derive', 'quality']) {
      const sqlFolder = new URL(`../../sql/${part}/`, import.meta.url);
      for (const file of await readdir(sqlFolder)) {
        const text = (await readFile(new URL(file, sqlFolder), 'utf8')).replaceAll(/--.*|'[^']*'/g, '');
        const numbers = [...text.matchAll(/(?<![\w$.])\d{4,9}(?![\w.])/g)].map((match) => Number(match[0]));
        expect(
          numbers.filter((number) => !known.has(number) && !others.has(number)),
          file,
        ).toEqual([]);
      }
    }
  });
});

/** Statements that a piece of work sends, counted at the client. */
async function counted(work: (sql: TestDatabase['sql']) => Promise<unknown>): Promise<number> {
  let statements = 0;
  const counting = new Proxy(db.sql, {
    apply: (sql, that, args) => {
      statements++;
      return Reflect.apply(sql, that, args);
    },
  });
  await work(counting);
  return statements;
}
