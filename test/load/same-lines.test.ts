import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConnection } from '../../jobs/connection/connection.ts';
import { type Line, lineHash } from '../../jobs/lines/line.ts';
import { findSameLines, takeTwins } from '../../jobs/load/compare/same-lines.ts';
import { mappingVersionInTx } from '../../jobs/load/mapping-version.ts';
import type { Resolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import type { VocabularyState } from '../../jobs/vocabulary/resolve/state.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { newSite } from '../derive/chart.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await newDatabase();
});
afterAll(() => db.drop());

let ids = 0;
const newId = () => `condition-${++ids}`;
const text = (id: string, more = '') => `{"resourceType":"Condition","id":"${id}"${more}}`;
const lineOf = (line: number, words: string): Line => ({ line, position: line, bytes: Buffer.from(words) });

interface Loaded {
  readonly connection?: number;
  readonly type?: string;
  readonly line?: string;
  readonly content?: string;
  readonly outcome?: string;
  readonly version?: number;
  readonly run?: number;
}

/** A resource as an earlier run (5) left it: loaded from the line that comes again, by the mapping version of now (3). */
async function load(id: string, loaded: Loaded = {}): Promise<number> {
  const { connection = 1, type = 'Condition', line = text(id), content = 'x' } = loaded;
  const { outcome = 'loaded', version = 3, run = 5 } = loaded;
  const [row] = await db.sql<[{ resource_key: number }]>`
    insert into resource (connection_id, resource_type, fhir_id, content_hash, line_hash, mapping_version_id, outcome,
      position, chunk_id, chunk_line, first_run, last_run)
    values (${connection}, ${type}, ${id}, ${content}::bytea, decode(${lineHash(Buffer.from(line))}, 'hex'), ${version},
      ${outcome}, 0, 0, 0, ${run}, ${run})
    returning resource_key`;
  return row.resource_key;
}

const CONTEXT = { connectionId: 1, runId: 9, mappingVersionId: 3, alsoCurrent: [2] };
const find = async (...lines: Line[]) => await db.sql.begin((tx) => findSameLines(tx, CONTEXT, lines));
const numbers = (lines: Iterable<Line>) => [...lines].map(({ line }) => line);

describe('a line is what is loaded', () => {
  it.each<[string, Loaded]>([
    ['when it was loaded from the same bytes by this mapping version', {}],
    ['when a mapping version loaded it that gives the same rows', { version: 2 }],
    ['when its resource was left out', { outcome: 'excluded' }],
  ])('%s', async (_, loaded) => {
    const id = newId();
    const key = await load(id, loaded);
    const { same, others, keys } = await find(lineOf(7, text(id)));
    expect([...same.values()]).toMatchObject([{ line: 7, type: 'Condition', id }]);
    expect({ others, keys }).toEqual({ others: [], keys: `{[${key},${key + 1})}` });
  });

  it('when this run has judged it, whatever came of it: then its key is not told', async () => {
    const id = newId();
    await load(id, { run: 9, version: 1, outcome: 'failed' });
    const { same, others, keys } = await find(lineOf(7, text(id)));
    expect([...same.values()]).toMatchObject([{ line: 7, type: 'Condition', id }]);
    expect({ others, keys }).toEqual({ others: [], keys: null });
  });

  it.each<[string, Loaded]>([
    ['another line held it', { line: 'another' }],
    ['it has no content that counts', { content: '' }],
    ['another mapping version loaded it', { version: 1 }],
    ['it failed in another run', { outcome: 'failed' }],
    ['it is parked', { outcome: 'parked' }],
    ['it is of another connection', { connection: 2 }],
    ['it is of another type', { type: 'Procedure' }],
    ['this run has judged another line of it', { run: 9, line: 'another' }],
    ['this run found no content that counts', { run: 9, content: '' }],
  ])('not when %s', async (_, loaded) => {
    const id = newId();
    await load(id, loaded);
    const { same, others, keys } = await find(lineOf(7, text(id)));
    expect({ same: [...same.values()], others: numbers(others), keys }).toEqual({
      ...{ same: [], others: [7], keys: null },
    });
  });

  it('not when nobody knows it, nor when it does not begin with what it is', async () => {
    await load('late');
    const late = '{"id":"late","resourceType":"Condition"}';
    const { same, others, keys } = await find(lineOf(1, text('unknown')), lineOf(2, late));
    expect({ same: same.size, others: numbers(others), keys }).toEqual({
      same: 0,
      others: [1, 2],
      keys: null,
    });
    const { others: left, ...rest } = await find(lineOf(2, late));
    expect([numbers(left), rest.same.size, rest.keys]).toEqual([[2], 0, null]);
  });
});

it('one line among many is the one that differs', async () => {
  const ids = Array.from({ length: 12 }, newId);
  for (const id of ids.slice(0, 11)) await load(id);
  const { same, others } = await find(...ids.map((id, n) => lineOf(n + 1, text(id))));
  expect([numbers(others), same.size]).toEqual([[12], 11]);
});

it('lines are told apart each by itself, and what is left keeps its order', async () => {
  const keys = [await load('a'), await load('b'), await load('c', { version: 1 }), await load('d')];
  const lines = [
    lineOf(4, text('c')),
    lineOf(2, '{"id":"late"}'),
    lineOf(1, text('a')),
    lineOf(5, text('b', ',"x":1')),
    lineOf(3, text('d')),
    // Of two lines with one resource the second is left to be read.
    lineOf(9, text('a')),
  ];
  const found = await find(...lines);
  expect(numbers(found.same.values())).toEqual([1, 3]);
  expect(numbers(found.others)).toEqual([2, 4, 5, 9]);
  expect(found.keys).toBe(`{[${keys[0]},${(keys[0] ?? 0) + 1}),[${keys[3]},${(keys[3] ?? 0) + 1})}`);

  const twins = takeTwins(found.same, [
    { type: 'Condition', id: 'a' },
    { type: 'Condition', id: 'a' },
    { type: 'Procedure', id: 'd' },
  ]);
  expect(numbers(twins)).toEqual([1]);
  expect(numbers(found.same.values())).toEqual([3]);
});

it('a mapping version is one of code, release, local maps, settings and CDM, with what is equal to it for a connection', async () => {
  const { connectionId } = await newSite(db.sql, 'one');
  const { connectionId: otherId } = await newSite(db.sql, 'two');
  const [first, second] = await db.sql<{ id: number }[]>`
    insert into vocabulary_release ${db.sql(
      ['v1', 'v2'].map((version) => ({
        ...{ version, source: 'test', concepts: 0, relationships: 0, is_current: false },
      })),
    )} returning release_id as id`;
  const state: VocabularyState = {
    ...{ releaseId: first?.id ?? 0, mapRevision: 1, day: '2026-03-01', cdm: { version: '5.4', moves: 0 } },
  };
  const versionOf = (more: Partial<VocabularyState> = {}, id = connectionId, config?: object) =>
    db.sql.begin(async (tx) => {
      const connection = await readConnection(tx, id);
      const mapping = { ...connection.config.mapping, ...config };
      const resolver = { state: async () => ({ ...state, ...more }) } as unknown as Resolver;
      const of = { ...connection, config: { ...connection.config, mapping } };
      const { mappingVersionId, alsoCurrent, vocabulary } = await mappingVersionInTx(tx, resolver, of);
      expect(vocabulary).toEqual({ ...state, ...more });
      return { id: mappingVersionId, alsoCurrent };
    });
  const variants = async () => [
    await versionOf(),
    await versionOf({ releaseId: second?.id ?? 0 }),
    await versionOf({ mapRevision: 2 }),
    await versionOf({}, connectionId, { person_source_value: 'none' }),
    await versionOf({ cdm: { version: '5.5', moves: 1 } }),
    await versionOf({ cdm: { version: '5.5', moves: 3 } }),
  ];
  const made = (await variants()).map(({ id }) => id);
  expect(new Set(made).size).toBe(6);
  expect(await variants()).toEqual(made.map((id) => ({ id, alsoCurrent: [] })));
  // The same of every connection with these settings, and in 5.4 however often it was moved to.
  expect(await versionOf({ cdm: { version: '5.4', moves: 2 } }, otherId)).toEqual({
    id: made[0],
    alsoCurrent: [],
  });
  const [now, before, older, theirs] = made;
  for (const [connection_id, mapping_version_id, equals_id] of [
    [connectionId, before, now],
    [connectionId, older, now],
    [connectionId, theirs, before],
    [otherId, theirs, now],
  ]) {
    await db.sql`insert into mapping_equal ${db.sql({ connection_id, mapping_version_id, equals_id })}`;
  }
  const { id, alsoCurrent } = await versionOf();
  expect([id, alsoCurrent.toSorted((a, b) => a - b)]).toEqual([now, [before, older]]);
  expect(await versionOf({}, otherId)).toEqual({ id: now, alsoCurrent: [theirs] });
  // By code that is older there are others.
  await db.sql`
    insert into mapping_version (code_version, release_id, map_revision, settings_hash)
    select code_version - 1, release_id, map_revision, settings_hash from mapping_version`;
  expect((await variants()).map((one) => one.id)).toEqual(made);
});
