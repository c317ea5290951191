import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { createResolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { ownName } from '../sql/own-roles.ts';
import { bundle, concepts, temporaryFolder, writeFolder } from './bundle.ts';

const HOUSE = 'https://hospital.example/a-system-with-a-long-name';
const DAY = 24 * 3600 * 1000;
let db: TestDatabase;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let now = Date.now();
const clock = () => new Date(now);
const day = (offset: number) => new Date(now + offset * DAY).toISOString().slice(0, 10);

beforeAll(async () => {
  db = await newDatabase();
  folder = await temporaryFolder();
  const files = bundle({
    'CONCEPT.csv': concepts(
      '10|Glucose|Measurement|LOINC|Lab Test|S|g|',
      '11|Other|Measurement|LOINC|Lab Test|S|o|',
    ),
  });
  const source = await writeFolder(folder.path, files);
  await loadVocabulary({ sql: db.sql, source, clock, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await db.drop();
  await folder.remove();
});
beforeEach(async () => {
  now = Date.now();
  await db.sql`delete from source_to_concept_map`;
  await db.sql`delete from local_vocabulary`;
});

const map = (
  code: string,
  { target = 10, from = '1970-01-01', to = '2099-12-31', vocabulary = HOUSE.slice(0, 20) } = {},
) =>
  db.sql`insert into source_to_concept_map values (${code}, 0, ${vocabulary}, null, ${target}, 'LOINC', ${from}, ${to})`;

const resolver = () => createResolver({ sql: db.sql, clock });
type Resolver = ReturnType<typeof resolver>;
const revision = async () => (await resolver().state(db.sql)).mapRevision;
async function targets(of: Resolver, code: string): Promise<number[]> {
  const lookup = of.begin(await of.state(db.sql));
  const read = () => lookup.resolve(HOUSE, code).targets.map((target) => target.conceptId);
  read();
  await lookup.fetchMissing(db.sql);
  return read();
}
const nameSystem = () =>
  db.sql`insert into local_vocabulary (system, vocabulary_id, name) values (${HOUSE}, ${HOUSE.slice(0, 20)}, 'House')`;

describe('the state of the local maps', () => {
  it('moves on with every insert, update, delete and truncate, whoever makes it', async () => {
    const seen = [await revision()];
    for (const edit of [
      () => map('A'),
      () => db.sql`update source_to_concept_map set target_concept_id = 11`,
      () => db.sql`delete from source_to_concept_map`,
      () => db.sql`truncate source_to_concept_map`,
      () => nameSystem(),
    ]) {
      await edit();
      seen.push(await revision());
    }
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
    await db.sql`select count(*) from source_to_concept_map`;
    expect(await revision()).toBe(seen.at(-1));
  });

  it('moves on by itself on the day that a map begins and on the day after its last', async () => {
    await map('A', { from: day(3), to: day(5) });
    const revisions: number[] = [];
    for (let later = 0; later < 8; later++) {
      revisions.push(await revision());
      now += DAY;
    }
    const [first = 0] = revisions;
    expect(revisions.map((one) => one - first)).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
    // An edit after that is beyond all of them.
    await map('B');
    expect(await revision()).toBeGreaterThan(first + 2);
  });

  it('is noted for someone who may edit maps and nothing else, with a path of their own', async () => {
    const before = await revision();
    const editor = ownName('cartographer');
    await db.sql.unsafe(`create role ${editor}`);
    try {
      await db.sql.unsafe(`grant usage on schema cdm to ${editor}`);
      await db.sql.unsafe(`grant insert on source_to_concept_map to ${editor}`);
      await db.sql.begin(async (tx) => {
        await tx.unsafe(`set local role ${editor}`);
        await tx`set local search_path to public`;
        await tx`insert into cdm.source_to_concept_map values ('C', 0, 'LAB', null, 10, 'LOINC', '1970-01-01', '2099-12-31')`;
      });
      expect(await revision()).toBeGreaterThan(before);
    } finally {
      await db.sql.unsafe(`drop owned by ${editor}`);
      await db.sql.unsafe(`drop role ${editor}`);
    }
  });
});

describe('a worker', () => {
  it('answers with an edit from its next chunk on', async () => {
    await nameSystem();
    const worker = resolver();
    expect(await targets(worker, 'GLU')).toEqual([]);
    await map('GLU');
    expect(await targets(worker, 'GLU')).toEqual([10]);
    await db.sql`update source_to_concept_map set target_concept_id = 11`;
    expect(await targets(worker, 'GLU')).toEqual([11]);
  });

  it('finds the maps of a system under the short name that it was given', async () => {
    await map('GLU');
    const worker = resolver();
    expect(await targets(worker, 'GLU')).toEqual([]);
    await nameSystem();
    expect(await targets(worker, 'GLU')).toEqual([10]);
  });

  it('answers with a map on the days on which it holds', async () => {
    await nameSystem();
    await map('GLU', { from: day(1), to: day(2) });
    const worker = resolver();
    const answers: number[][] = [];
    for (let later = 0; later < 4; later++) {
      answers.push(await targets(worker, 'GLU'));
      now += DAY;
    }
    expect(answers).toEqual([[], [10], [10], []]);
  });

  it('begins a chunk again that an edit overtook, so that no chunk is mapped in two states', async () => {
    await nameSystem();
    const worker = resolver();
    const lookup = worker.begin(await worker.state(db.sql));
    lookup.resolve(HOUSE, 'GLU');
    await map('GLU');
    await expect(lookup.fetchMissing(db.sql)).rejects.toMatchObject({ code: 'vocabulary-moved' });
    expect(await targets(worker, 'GLU')).toEqual([10]);
  });
});
