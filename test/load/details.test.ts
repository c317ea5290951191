/** What is kept of a resource: its identity, and what it says besides its rows; written with it, and forgotten with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import type { Finished, FinishedRow } from '../../jobs/load/assemble.ts';
import { identifierHash, type Known } from '../../jobs/load/compare/known.ts';
import type { WriteContext } from '../../jobs/load/context.ts';
import { bitOf } from '../../jobs/load/write/cdm-tables.ts';
import { forgetDetailsInTx, writeRelationsInTx, writeUnkeptInTx } from '../../jobs/load/write/details.ts';
import { writeFailures, writeFinished } from '../../jobs/load/write/finished.ts';
import { openLedger } from '../../jobs/load/write/ledger.ts';
import { writeContents, writeContentUses } from '../../jobs/load/write/write-contents.ts';
import { insertResources, nextKeys, updateResources } from '../../jobs/load/write/write-resources.ts';
import { writeUnmapped } from '../../jobs/load/write/write-unmapped.ts';
import { writeOpenLinks, writeWaiting } from '../../jobs/load/write/write-waiting.ts';
import type { Outcome } from '../../jobs/map/types.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newChunk, newResource, newSite, type Site } from '../derive/chart.ts';

let db: TestDatabase;
let tables: string[];
beforeAll(async () => {
  db = await newDatabase();
  // What hangs on a resource by a key that falls with it. A reconciliation's list of what vanished is no detail of it.
  tables = (
    await db.sql<{ name: string }[]>`
      select c.relname as name from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and k.confdeltype = 'c' and k.confrelid = 'resource'::regclass
        and c.relname <> 'vanished'
      order by 1`
  ).map(({ name }) => name);
});
afterAll(() => db.drop());

/** Values that no two resources share. */
const madeUp = (type: string, key: number): string => {
  if (type === 'bytea') return `'\\x0${key}'`;
  if (type === 'boolean') return 'false';
  if (type === 'jsonb') return `'{}'`;
  if (type === 'date') return `'2026-01-01'`;
  if (type === 'timestamp with time zone') return 'now()';
  return type === 'text' ? `'${key}'` : String(key);
};

/** A row of each table for a resource, in which nothing but the key means anything. */
async function fill(key: number): Promise<void> {
  await db.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const table of tables) {
      const columns = await tx<{ name: string; type: string }[]>`
        select attname as name, format_type(atttypid, null) as type from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attnotnull`;
      const others = columns.filter(({ name }) => name !== 'resource_key');
      const names = others.map(({ name }) => name);
      const values = others.map(({ type }) => madeUp(type, key));
      await tx.unsafe(
        `insert into ${table} (${['resource_key', ...names].join(', ')}) values (${[key, ...values].join(', ')})`,
      );
    }
  });
}

async function tablesOf(key: number): Promise<string[]> {
  const found = await Promise.all(
    tables.map(async (table) => await db.sql`select 1 from ${db.sql(table)} where resource_key = ${key}`),
  );
  return tables.filter((_, at) => (found[at]?.length ?? 0) > 0);
}

it('all that is kept of a resource beside its rows is forgotten with it, and nothing of another', async () => {
  await fill(1);
  await fill(2);
  expect(await tablesOf(1)).toEqual(tables);
  await db.sql.begin((tx) => forgetDetailsInTx(tx, [1]));
  expect(await tablesOf(1)).toEqual([]);
  expect(await tablesOf(2)).toEqual(tables);
  await db.sql.begin((tx) => forgetDetailsInTx(tx, []));
  expect(await tablesOf(2)).toEqual(tables);
});

it('what is to stay of a resource stays', async () => {
  await fill(3);
  await db.sql.begin((tx) => forgetDetailsInTx(tx, [3], ['waiting', 'merged_resource']));
  expect(await tablesOf(3)).toEqual(['merged_resource', 'waiting']);
});

describe('what a chunk brings', () => {
  const NOW = new Date('2026-03-01T12:00:00Z');
  let site: Site;
  let keyring: Keyring;
  let context: WriteContext;
  beforeAll(async () => {
    site = await newSite(db.sql, 'north');
    keyring = await openKeyring({ ENCRYPTION_KEY: Buffer.alloc(32, 3).toString('base64') });
    context = {
      ...{ connectionId: site.connectionId, runId: site.runId, chunkId: 77, mappingVersionId: 4 },
      ...{ alsoCurrent: [], now: NOW, keyring },
    };
  });

  type Rows = Extract<Outcome, { kind: 'rows' }>;
  interface Brought extends Partial<Omit<Finished, 'item'>> {
    readonly type?: string;
    readonly entry?: Partial<Finished['item']['entry']>;
    readonly item?: Partial<Finished['item']>;
    readonly says?: Partial<Rows>;
  }
  let made = 0;
  function brought(
    key: number,
    { type = 'Observation', entry, item, says, ...more }: Brought = {},
  ): Finished {
    return {
      ...{ key, result: 'loaded', reason: null, field: null, rowTables: 0, rows: [], openLinks: [] },
      ...{ personKey: undefined, mergedFrom: undefined, awaits: undefined },
      item: {
        entry: {
          ...{ line: 3, position: 103, bytes: Buffer.from(`line of ${key}`), resource: {}, type },
          ...{ id: `r-${++made}`, hash: 'aa', lineHash: 'bb', lastUpdated: null, subsetted: false },
          ...entry,
        },
        ...{ known: undefined, contents: [], outcome: { kind: 'rows', rows: [], unmapped: [], ...says } },
        ...item,
      } as Finished['item'],
      ...more,
    };
  }
  /** Those that have none of what they say, since they are not loaded. */
  const unloaded = async (says: Partial<Rows>): Promise<Finished[]> => [
    brought(await stored(), { result: 'parked', says }),
    brought(await stored(), { result: 'failed', says }),
    brought(await stored(), {
      ...{ result: 'excluded', reason: 'no-value' },
      item: { outcome: { kind: 'excluded', rule: 'no-value' } as Outcome },
    }),
    brought(await stored()),
  ];
  const stored = (type = 'Observation') => newResource(db.sql, site, type);
  const write = (work: (tx: Tx) => Promise<unknown>) => db.sql.begin((tx) => work(tx).then(() => undefined));
  async function rowsOf(table: string, ...columns: string[]) {
    const rows = await db.sql`
      select ${db.sql(['resource_key', ...columns])} from ${db.sql(table)}
      where resource_key >= 1000000 order by ${db.sql.unsafe([1, ...columns.map((_, n) => n + 2)].join(', '))}`;
    return rows.map((row) => Object.values(row));
  }

  it('of what it says of others is kept once, of what is loaded', async () => {
    const ref = (type: string, id: string) => ({ types: [type], id });
    const role = (id: string, statusConceptId: number, sourceValue: string) => ({
      ...{ condition: ref('Condition', id), statusConceptId, sourceValue },
    });
    const identifier = { system: 'urn:npi', value: '1' };
    const link = {
      target: { types: ['Observation', 'Procedure'], id: 'target' },
      ...{ conceptId: 1, reverseConceptId: 2 },
    };
    const all = {
      diagnoses: [role('c1', 5, 'AD'), role('c1', 5, '1'), role('c1', 6, '1'), role('c2', 5, '2')],
      ...{ links: [link, link], specimens: [{ specimen: ref('Specimen', 's') }] },
      merges: [
        { replaced: 'old', survivor: 'new' },
        { replaced: 'old', survivor: 'new' },
      ],
      role: { practitioner: ref('Practitioner', 'd'), until: '2026-01-01' },
      identifiers: [identifier, identifier],
    };
    const [one, other] = [await stored(), await stored()];
    const finished = [
      brought(one, { type: 'Practitioner', personKey: 9, says: { relations: all } }),
      brought(other, {
        ...{ mergedFrom: 'old', personKey: 8 },
        says: { relations: { role: { practitioner: ref('Practitioner', 'e'), until: undefined } } },
      }),
      ...(await unloaded({ relations: all })),
    ];
    await write((tx) => writeRelationsInTx(tx, site.connectionId, finished));
    expect(await rowsOf('diagnosis_role', 'condition_id', 'status_concept_id', 'source_value')).toEqual([
      [one, 'c1', 5, 'AD'],
      [one, 'c1', 6, '1'],
      [one, 'c2', 5, '2'],
    ]);
    const ofLinks = [
      'target_type',
      'target_id',
      'relationship_concept_id',
      'reverse_concept_id',
      'person_id',
    ];
    expect(await rowsOf('resource_link', ...ofLinks)).toEqual([
      [one, 'Observation', 'target', 1, 2, 9],
      [one, 'Procedure', 'target', 1, 2, 9],
    ]);
    expect(await rowsOf('specimen_use', 'specimen_id')).toEqual([[one, 's']]);
    expect(await rowsOf('patient_link', 'replaced_id', 'survivor_id')).toEqual([[one, 'old', 'new']]);
    expect(await rowsOf('practitioner_role', 'practitioner_id', 'until')).toEqual([
      [one, 'd', '2026-01-01'],
      [other, 'e', null],
    ]);
    expect(await rowsOf('resource_identifier', 'resource_type', 'hash')).toEqual([
      [one, 'Practitioner', identifierHash(identifier)],
    ]);
    expect(await rowsOf('merged_resource', 'replaced_id', 'person_id')).toEqual([[other, 'old', 8]]);
    const rest = await unloaded({ relations: all });
    await write((tx) => writeRelationsInTx(tx, site.connectionId, rest));
    expect(await rowsOf('practitioner_role')).toHaveLength(2);
  });

  it('of answers without a column is kept, of what is loaded', async () => {
    const unkept = [{ table: 'condition_occurrence' as const, conceptId: 7, asSent: 'Present' }];
    const one = await stored();
    const finished = [
      brought(one, {
        says: {
          unkept: [...unkept, { ...unkept[0], conceptId: undefined, asSent: undefined }] as typeof unkept,
        },
      }),
      ...(await unloaded({ unkept })),
    ];
    await write((tx) => writeUnkeptInTx(tx, finished));
    expect(await rowsOf('unkept_answer', 'table_name', 'value_concept_id', 'value_as_sent')).toEqual([
      [one, 'condition_occurrence', 7, 'Present'],
      [one, 'condition_occurrence', null, null],
    ]);
  });

  it('of unmapped codes is each code once, with who uses it where; and it is noted once they are counted', async () => {
    const code = (system: string, value: string, element = 'code', display?: string) => ({
      ...{ system, code: value, element, display },
    });
    await db.sql`insert into source_code (system, code, display) values ('urn:x', 'known', 'Before')`;
    const [one, other] = [await stored(), await stored('Condition')];
    const unmapped = [code('urn:x', 'b'), code('urn:x', 'a', 'value', 'A'), code('urn:x', 'b')];
    const finished = [
      brought(one, { personKey: 9, says: { unmapped } }),
      brought(other, {
        type: 'Condition',
        says: {
          unmapped: [code('urn:x', 'known', 'code', 'Now'), code('urn:y', 'a'), code('urn:x', 'b', 'unit')],
        },
      }),
      ...(await unloaded({ unmapped: [code('urn:z', 'unloaded')] })),
    ];
    await write((tx) => writeUnmapped(tx, context, finished));
    const codes = async () =>
      (await db.sql`select system, code, display from source_code order by 1, 2`).map((row) =>
        Object.values(row),
      );
    const CODES = [
      ['urn:x', 'a', 'A'],
      ['urn:x', 'b', null],
      ['urn:x', 'known', 'Before'],
      ['urn:y', 'a', null],
    ];
    expect(await codes()).toEqual(CODES);
    const uses = async () =>
      (
        await db.sql`
          select u.resource_key, s.system, s.code, u.element, u.person_id
          from unmapped_use u join source_code s using (code_id) where resource_key >= 1000000 order by 1, 2, 3`
      ).map((row) => Object.values(row));
    const USES = [
      [one, 'urn:x', 'a', 'value', 9],
      [one, 'urn:x', 'b', 'code', 9],
      [other, 'urn:x', 'b', 'unit', null],
      [other, 'urn:x', 'known', 'code', null],
      [other, 'urn:y', 'a', 'code', null],
    ];
    expect(await uses()).toEqual(USES);
    const changes = () => db.sql`select resource_type, element, person_id, records::int from unmapped_change`;
    expect(await changes()).toEqual([]);
    await db.sql`update connection set unmapped_counted = true where connection_id = ${site.connectionId}`;
    const next = await stored();
    await write((tx) => writeUnmapped(tx, context, []));
    const nobodys = brought(await stored('Location'), { says: { unmapped: [code('urn:y', 'a', 'type')] } });
    await write((tx) =>
      writeUnmapped(tx, context, [brought(next, { personKey: 9, says: { unmapped } }), nobodys]),
    );
    expect(await codes()).toEqual(CODES);
    expect((await uses()).slice(USES.length)).toEqual([
      [next, 'urn:x', 'a', 'value', 9],
      [next, 'urn:x', 'b', 'code', 9],
      [nobodys.key, 'urn:y', 'a', 'type', null],
    ]);
    expect((await changes()).map((row) => Object.values(row)).sort()).toEqual([
      ['Location', 'type', null, 1],
      ['Observation', 'code', 9, 1],
      ['Observation', 'value', 9, 1],
    ]);
  });

  it('of contents is what is loaded; of contents that it was mapped with, all that has not failed', async () => {
    const keys = {
      medication: await stored('Medication'),
      substance: await stored('Substance'),
      device: await stored('Device'),
      attachment: await stored('Binary'),
    };
    const content = { text: 'words' };
    const finished = Object.entries(keys).map(([kind, key]) =>
      brought(key, { entry: { id: `of-${kind}` }, says: { [kind]: content } }),
    );
    const all = { medication: content, substance: content, device: content, attachment: content } as object;
    const others = await unloaded(all);
    await write((tx) => writeContents(tx, context, [...finished, ...others]));
    for (const [kind, key] of Object.entries(keys)) {
      expect(await rowsOf(`${kind}_content`, 'connection_id', 'fhir_id', 'content')).toEqual([
        [key, site.connectionId, `of-${kind}`, content],
      ]);
    }
    const used = others.map((one, n) => ({
      ...one,
      item: {
        ...one.item,
        contents: [{ type: 'Device' as const, id: `of-${n}`, hash: Buffer.of(n) }],
      },
    }));
    await write((tx) => writeContentUses(tx, context, used));
    const failed = used.findIndex((one) => one.result === 'failed');
    expect(await rowsOf('content_use', 'content_type', 'content_id', 'content_hash')).toEqual(
      used.flatMap(({ key }, n) => (n === failed ? [] : [[key, 'Device', `of-${n}`, Buffer.of(n)]])),
    );
  });

  it('of what it waits for is the target with its line, and each link that stays open', async () => {
    const [parked, loaded, by] = [await stored(), await stored(), await stored()];
    const identifier = { system: 'urn:mrn', value: '1' };
    const finished = [
      brought(parked, { result: 'parked', awaits: { types: ['Patient'], id: 'p' } }),
      brought(loaded, { awaits: { types: ['Medication', 'Substance'], id: 'm' } }),
      brought(by, {
        ...{ result: 'parked', awaits: { types: ['Patient'], id: '', identifier } },
        openLinks: [1, 2].map((n) => ({
          ...{ target_type: 'Encounter', target_id: 'e', table_name: 'measurement' },
          ...{ column_name: 'visit_occurrence_id', row_id: by * 1000 + n, resource_key: by },
        })),
      }),
      brought(await stored()),
    ];
    await write(async (tx) => {
      await writeWaiting(tx, context, finished);
      await writeOpenLinks(tx, context, finished);
    });
    const ofWaiting = ['target_type', 'target_id', 'parked', 'line', 'since_run', 'since'];
    const waiting = (await rowsOf('waiting', ...ofWaiting)).map(([key, type, id, ...more]) => [
      ...[key, type, id, ...more],
    ]);
    const since = (key: number) => [Buffer.from(`line of ${key}`), site.runId, NOW];
    expect(waiting).toEqual([
      [parked, 'Patient', 'p', true, ...since(parked)],
      [loaded, 'Medication', 'm', false, ...since(loaded)],
      [by, 'Patient', `?${identifierHash(identifier)}`, true, ...since(by)],
    ]);
    const ofLinks = ['connection_id', 'target_type', 'target_id', 'table_name', 'column_name', 'row_id'];
    expect(await rowsOf('open_link', ...ofLinks)).toEqual(
      [1, 2].map((n) => [
        ...[by, site.connectionId, 'Encounter', 'e', 'measurement', 'visit_occurrence_id', by * 1000 + n],
      ]),
    );
  });

  it('is known by a key of its own, and by what became of it; what it replaces is in its history', async () => {
    expect(await db.sql.begin(async (tx) => await nextKeys(tx, 0))).toEqual([]);
    const [a = 0, b = 0, c = 0, ...more] = await db.sql.begin(async (tx) => await nextKeys(tx, 3));
    expect([b - a, c - b, more.length]).toEqual([1, 1, 0]);
    const loaded = { entry: { id: 'a', lastUpdated: '2026-01-01', subsetted: true }, rowTables: 5 };
    const finished = [
      brought(a, loaded),
      brought(b, { entry: { id: 'b' }, result: 'excluded', reason: 'no-value', item: { origin: 55 } }),
      brought(c, { entry: { id: 'c' } }),
    ];
    await write((tx) => insertResources(tx, context, finished));
    const found = async (...keys: number[]) => [
      ...(await db.sql`
        select fhir_id as id, resource_type as type, encode(content_hash, 'hex') as hash, encode(line_hash, 'hex') as line,
          mapping_version_id as version, outcome, reason, row_tables, last_updated, position, chunk_id, chunk_line,
          first_run, last_run, incomplete
        from resource where connection_id = ${site.connectionId} and resource_key = any(${keys}::bigint[])
        order by resource_key`),
    ];
    const plain = {
      ...{ type: 'Observation', hash: 'aa', line: 'bb', version: 4, outcome: 'loaded', reason: null },
      ...{ row_tables: 0, last_updated: null, position: 103, chunk_id: 77, chunk_line: 3 },
      ...{ first_run: site.runId, last_run: site.runId, incomplete: false },
    };
    expect(await found(a, b, c)).toEqual([
      { ...plain, id: 'a', row_tables: 5, last_updated: '2026-01-01', incomplete: true },
      { ...plain, id: 'b', outcome: 'excluded', reason: 'no-value', chunk_id: 55 },
      { ...plain, id: 'c' },
    ]);

    const known = (content_hash: Buffer) => ({ content_hash }) as Known;
    const next = { ...context, runId: site.runId + 1, chunkId: 78, mappingVersionId: 5 };
    const entry = { line: 4, position: 104, hash: 'cc', lineHash: 'dd' };
    const changed = [
      brought(a, {
        ...{ result: 'failed', reason: 'Expected a day', rowTables: 6 },
        ...{ entry: { ...entry, id: 'a' }, item: { known: known(Buffer.of(0xaa)), origin: 56 } },
      }),
      brought(b, {
        entry: { ...entry, id: 'b', lastUpdated: '2026-01-02', subsetted: true },
        item: { known: known(Buffer.of(0xcc)) },
      }),
      brought(await stored(), { entry, item: { known: known(Buffer.alloc(0)) } }),
    ];
    await write((tx) => updateResources(tx, next, []));
    await write((tx) => updateResources(tx, next, changed));
    const after = {
      ...plain,
      ...{ hash: 'cc', line: 'dd', version: 5, position: 104, chunk_id: 78, chunk_line: 4 },
      last_run: site.runId + 1,
    };
    expect(await found(a, b, c)).toEqual([
      { ...after, id: 'a', outcome: 'failed', reason: 'Expected a day', row_tables: 6, chunk_id: 56 },
      { ...after, id: 'b', last_updated: '2026-01-02', incomplete: true },
      { ...plain, id: 'c' },
    ]);
    expect(await rowsOf('resource_history', 'replaced_hash', 'replaced_at', 'run_id')).toEqual([
      [a, Buffer.of(0xaa), NOW, site.runId + 1],
    ]);
  });

  describe('with all that it became', () => {
    /** Writes it, and says what was counted of it. */
    async function finish(...finished: readonly Finished[]) {
      const chunkId = await newChunk(db.sql, site.runId);
      await write(async (tx) => {
        await tx`delete from touched_persons`;
        const ledger = openLedger();
        await writeFinished(tx, context, finished, ledger);
        await ledger.writeInTx(tx, chunkId, site.runId);
      });
      const rows = await db.sql`
        select table_name, written, deleted from chunk_rows where chunk_id = ${chunkId} order by 1`;
      const touched = await db.sql<{ ids: number[] }[]>`select person_ids as ids from touched_persons`;
      return {
        rows: rows.map((row) => Object.values(row)),
        touched: touched.flatMap((row) => row.ids).sort((a, b) => a - b),
      };
    }
    const formerly = (values: Partial<Known>) =>
      ({ content_hash: Buffer.of(0xaa), outcome: 'loaded', row_tables: 0, ...values }) as Known;
    const measured = (person_id: number): FinishedRow => ({
      table: 'measurement',
      values: {
        ...{ person_id, measurement_concept_id: 0, measurement_date: '2026-01-01' },
        measurement_type_concept_id: 0,
      },
    });

    it('a failure of it is resolved, whatever it is now; no other one, and none of what had not failed', async () => {
      const elsewhere = await newSite(db.sql, 'failing-elsewhere');
      const EARLIER = new Date('2026-02-01T12:00:00Z');
      const fail = async (id: string, values: Record<string, unknown> = {}) => {
        const row = {
          ...{ connection_id: site.connectionId, run_id: site.runId, chunk_id: 1, chunk_line: 0 },
          ...{ resource_type: 'Observation', fhir_id: id, reason: 'Expected a day', ...values },
        };
        await db.sql`insert into failure ${db.sql(row)}`;
      };
      await fail('failed');
      await fail('failed');
      await fail('failed', { resolved_at: EARLIER });
      await fail('failed', { resource_type: 'Condition' });
      await fail('failed', { connection_id: elsewhere.connectionId });
      await fail('failed-again');
      await fail('not-sent');
      await fail('loaded-before');
      const again = async (id: string, outcome: Known['outcome'], more: Brought = {}) =>
        brought(await stored(), { ...more, entry: { id }, item: { known: formerly({ outcome }) } });
      await finish(
        await again('failed', 'failed'),
        await again('failed-again', 'failed', { result: 'failed', reason: 'Expected a day' }),
        await again('loaded-before', 'loaded'),
      );
      const failures = await db.sql`
        select connection_id = ${site.connectionId} as ours, resource_type as type, fhir_id as id, resolved_at as at
        from failure where run_id = ${site.runId} order by failure_id`;
      expect(failures.map((row) => Object.values(row))).toEqual([
        [true, 'Observation', 'failed', NOW],
        [true, 'Observation', 'failed', NOW],
        [true, 'Observation', 'failed', EARLIER],
        [true, 'Condition', 'failed', null],
        [false, 'Observation', 'failed', null],
        [true, 'Observation', 'failed-again', NOW],
        [true, 'Observation', 'not-sent', null],
        [true, 'Observation', 'loaded-before', null],
      ]);
    });

    it('a failure is noted of each line that cannot be read, and of each resource that fails, by where its line is', async () => {
      const chunkId = await newChunk(db.sql, site.runId);
      const failed = { result: 'failed', reason: 'Expected a day', field: 'Observation.effective' } as const;
      const entry = (id: string) => ({ id, line: 5 });
      const finished = [
        brought(1, { ...failed, entry: entry('here') }),
        brought(2, { ...failed, entry: entry('taken-up-again'), item: { origin: 44 } }),
        brought(3, { entry: entry('loaded') }),
        brought(4, { result: 'excluded', reason: 'no-value', entry: entry('excluded') }),
      ];
      const unreadable = [
        { line: 1, type: null, id: null, reason: 'not-json' as const },
        { line: 2, type: 'Observation', id: null, reason: 'no-id' as const },
      ];
      await write((tx) => writeFailures(tx, { ...context, chunkId }, unreadable, finished));
      const failures = await db.sql`
        select chunk_id, chunk_line, resource_type, fhir_id, reason, field, resolved_at from failure
        where connection_id = ${site.connectionId} and run_id = ${site.runId} and chunk_id = any(${[chunkId, 44]}::bigint[])
        order by failure_id`;
      expect(failures.map((row) => Object.values(row))).toEqual([
        [chunkId, 1, null, null, 'not-json', null, null],
        [chunkId, 2, 'Observation', null, 'no-id', null, null],
        [chunkId, 5, 'Observation', 'here', 'Expected a day', 'Observation.effective', null],
        [44, 5, 'Observation', 'taken-up-again', 'Expected a day', 'Observation.effective', null],
      ]);
    });

    it('is written what it says beside its rows, in the place of what it said before', async () => {
      const [key = 0] = await db.sql.begin(async (tx) => await nextKeys(tx, 1));
      const ref = (type: string, id: string) => ({ types: [type], id });
      const says: Partial<Rows> = {
        ...{ medication: { code: undefined, ingredients: [] }, substance: { ingredients: [] } },
        ...{ device: {}, attachment: {} },
        unkept: [{ table: 'condition_occurrence', conceptId: 7, asSent: 'Present' }],
        unmapped: [{ system: 'urn:x', code: 'finished', element: 'code' }],
        relations: {
          diagnoses: [{ condition: ref('Condition', 'c'), statusConceptId: 5, sourceValue: 'AD' }],
          links: [{ target: ref('Observation', 't'), conceptId: 1, reverseConceptId: 2 }],
          ...{ specimens: [{ specimen: ref('Specimen', 's') }], merges: [{ replaced: 'o', survivor: 'n' }] },
          role: { practitioner: ref('Practitioner', 'd'), until: undefined },
          identifiers: [{ system: 'urn:npi', value: '1' }],
        },
      };
      const open = { target_type: 'Encounter', target_id: 'e', table_name: 'measurement' };
      const contents = [{ type: 'Device' as const, id: 'of-before', hash: Buffer.of(1) }];
      const entry = { id: 'says-all' };
      const first = brought(key, {
        ...{ entry, says, mergedFrom: 'old', personKey: 9, awaits: ref('Medication', 'm') },
        openLinks: [{ ...open, column_name: 'visit_occurrence_id', row_id: key * 1000, resource_key: key }],
      });
      await finish({ ...first, item: { ...first.item, contents } });
      // These two are made later, of what all resources say.
      expect(await tablesOf(key)).toEqual(
        tables.filter((one) => !['condition_own_status', 'provider_from_role'].includes(one)),
      );
      await finish(brought(key, { entry: { ...entry, hash: 'cc' }, item: { known: formerly({}) } }));
      expect(await tablesOf(key)).toEqual([]);
      const [now] = await db.sql`select content_hash as hash from resource where resource_key = ${key}`;
      expect(now).toEqual({ hash: Buffer.of(0xcc) });
    });

    it('persons are noted of what has rows', async () => {
      const [a = 0, b = 0, c = 0] = await db.sql.begin(async (tx) => await nextKeys(tx, 3));
      const told = await finish(
        brought(a, { personKey: 7, rowTables: bitOf('measurement'), rows: [measured(7)] }),
        brought(b, { personKey: 8 }),
        brought(c, { rowTables: bitOf('location'), rows: [{ table: 'location', values: {} }] }),
      );
      expect(told).toEqual({
        rows: [
          ['location', 1, 0],
          ['measurement', 1, 0],
        ],
        touched: [7],
      });
    });

    it('what others wrote about its rows stays with those that are written again, terms while the words are the same', async () => {
      const noted = (n: number): FinishedRow => ({
        table: 'note',
        values: {
          ...{ person_id: 7, note_date: '2026-01-01', note_type_concept_id: 0, note_class_concept_id: 0 },
          ...{ note_text: `Words ${n}.`, encoding_concept_id: 0, language_concept_id: 0 },
        },
      });
      const note = await stored('DocumentReference');
      for (const n of [0, 1, 2, 3]) {
        const note_id = note * 1000 + n;
        await insert(db.sql, 'note', { note_id, ...noted(n).values } as Record<string, string | number>);
        const term = { section_concept_id: 0, lexical_variant: 'words', nlp_date: '2026-01-02' };
        await insert(db.sql, 'note_nlp', { note_id, ...term });
      }
      const [stays, goes] = [await stored('Patient'), await stored('Patient')];
      const born = { gender_concept_id: 0, year_of_birth: 1960, race_concept_id: 0, ethnicity_concept_id: 0 };
      const days = { cohort_start_date: '2026-01-01', cohort_end_date: '2026-02-01' };
      for (const person_id of [stays, goes]) {
        await insert(db.sql, 'person', { person_id });
        await db.sql`insert into cohort ${db.sql({ cohort_definition_id: 1, subject_id: person_id, ...days })}`;
      }
      const was = (table: 'note' | 'person') => ({ item: { known: formerly({ row_tables: bitOf(table) }) } });
      const told = await finish(
        brought(note, {
          ...{ ...was('note'), personKey: 7, rowTables: bitOf('note') },
          rows: [noted(0), noted(1), noted(99)],
        }),
        brought(stays, {
          ...{ ...was('person'), type: 'Patient', personKey: stays, rowTables: bitOf('person') },
          rows: [{ table: 'person', values: born }],
        }),
        brought(goes, { ...was('person'), type: 'Patient', result: 'excluded', reason: 'no-birth-date' }),
      );
      expect(told).toEqual({
        rows: [
          ['cohort', 0, 1],
          ['note', 3, 4],
          ['note_nlp', 0, 2],
          ['person', 1, 2],
        ],
        touched: [7, stays, goes],
      });
      expect(
        (await db.sql`select note_id % 1000 as n from note_nlp order by 1`).map((row) => row['n']),
      ).toEqual([0, 1]);
      expect(await db.sql`select subject_id from cohort`).toEqual([{ subject_id: stays }]);
    });
  });
});
