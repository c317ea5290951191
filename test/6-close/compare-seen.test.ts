/** What a reconciliation finds, and what it says of how far that is to be trusted (compare-seen.ts). */
import { afterAll, describe, expect, it } from 'vitest';
import { compareInTx } from '../../jobs/6-close/compare-seen.ts';
import { readConnection } from '../../jobs/connection/connection.ts';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import { GONE } from '../../jobs/load/reasons.ts';
import { readRun } from '../../jobs/step/run.ts';
import { newDatabase } from '../database.ts';
import { newChunk, newPerson, newResources, newSite, type Site } from '../derive/chart.ts';

const AT = new Date('2026-03-01T12:00:00Z');

const db = await newDatabase();
afterAll(() => db.drop());
let sites = 0;

interface Compared {
  /** Of the run that came before. */
  readonly before: Site;
  /** The run that is compared. */
  readonly now: Site;
}

type Values = Readonly<Record<string, string | number | string[] | boolean | null>>;
type ResourceValues = Readonly<Record<string, string | number | null>>;

async function site(run: Values = {}): Promise<Compared> {
  const before = await newSite(db.sql, `site-${++sites}`);
  const row = { status: 'processing', mode: 'full', triggered_by: 'test', reconciles: true, ...run };
  await db.sql`update run set status = 'completed', finished_at = now() where run_id = ${before.runId}`;
  const [made] = await db.sql<{ run_id: number }[]>`
    insert into run ${db.sql({ connection_id: before.connectionId, ...row })} returning run_id`;
  return { before, now: { ...before, runId: made?.run_id ?? 0 } };
}

/** Resources of a type, of which all but `vanished` came with the run. */
async function store(
  { before, now }: Compared,
  type: string,
  count: number,
  { vanished = 0, ...values }: ResourceValues & { vanished?: number } = {},
): Promise<number[]> {
  const resources = Array.from({ length: count }, (_, n) => ({
    ...{ fhir_id: `${type}-${n}-${sites}`, content_hash: 'x', ...values },
  }));
  const keys = await newResources(db.sql, before, type, resources);
  await see(now, keys.slice(vanished));
  return keys;
}

/** In a chunk of its own. */
async function see({ runId }: Site, keys: readonly number[]): Promise<void> {
  const chunkId = await newChunk(db.sql, runId, { state: 'done' });
  await db.sql`
    insert into seen_resources (chunk_id, run_id, resource_keys)
    values (${chunkId}, ${runId}, ${[...keys]}::bigint[])`;
}

async function compare({ now }: Compared) {
  const keyring = await openKeyring({ ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });
  await db.sql.begin(async (tx) => {
    const run = await readRun(tx, now.runId);
    if (!run) throw new Error('the run was expected to be there');
    await compareInTx(tx, { keyring, clock: () => AT }, run, await readConnection(tx, now.connectionId));
  });
  const [found] = await db.sql`
    select compared_at, types, types_missing, stored, vanished, obstacles, doubts
    from reconciliation where run_id = ${now.runId}`;
  return found;
}

const vanishedOf = async ({ now }: Compared) =>
  (await db.sql`select resource_key from vanished where run_id = ${now.runId} order by 1`).map(
    (row) => row['resource_key'],
  );

const settle = ({ now }: Compared, values: Values | { sync_config: never }) =>
  db.sql`update connection set ${db.sql(values as Values)} where connection_id = ${now.connectionId}`;

describe('what is compared', () => {
  it('is what earlier runs brought of the types that came, and each that did not come has vanished', async () => {
    const one = await site();
    const [gone] = await store(one, 'Condition', 30, { vanished: 1 });
    await store(one, 'Patient', 20);
    await store(one, 'Procedure', 5, { vanished: 5 });
    // What came first with this very run is nothing that could have vanished, seen or not.
    await store(one, 'Encounter', 3, { first_run: one.now.runId, vanished: 1 });
    const other = await site();
    await store(other, 'Condition', 4, { vanished: 4 });
    expect(await compare(one)).toEqual({
      compared_at: AT,
      types: ['Condition', 'Encounter', 'Patient'],
      types_missing: ['Procedure'],
      stored: 50,
      vanished: 1,
      obstacles: [],
      doubts: [],
    });
    expect(await vanishedOf(one)).toEqual([gone]);
    const left = await db.sql<{ run_id: number }[]>`
      select run_id from seen_resources where run_id in (${one.now.runId}, ${other.now.runId})`;
    expect(left.map((row) => row.run_id)).toEqual([other.now.runId]);
  });

  it('is also what was excluded, parked or failed, but for what is known to be gone', async () => {
    const one = await site();
    await store(one, 'Patient', 1);
    const kept: number[] = [];
    for (const [outcome, reason] of [
      ['excluded', 'status-entered-in-error'],
      ['parked', 'patient-removed'],
      ['failed', null],
    ] as const) {
      kept.push(...(await store(one, `Patient`, 1, { vanished: 1, fhir_id: outcome, outcome, reason })));
    }
    for (const reason of Object.values(GONE)) {
      await store(one, 'Patient', 1, { vanished: 1, fhir_id: reason, outcome: 'excluded', reason });
    }
    expect(await compare(one)).toMatchObject({ stored: 4, vanished: 3 });
    expect(await vanishedOf(one)).toEqual(kept);
  });

  it('is not what was asked for because exports leave it out, until the export holds it', async () => {
    const one = await site();
    const [hydrated = 0, refused = 0, held = 0, theirs = 0] = await store(one, 'Medication', 40, {
      vanished: 4,
    });
    await see(one.now, [held]);
    const ask = (key: number, found: boolean, connectionId = one.now.connectionId) => db.sql`
      insert into hydration_request (connection_id, resource_type, fhir_id, state, run_id, found_at)
      select ${connectionId}, resource_type, fhir_id, ${found ? 'found' : 'refused'}, 1, ${found ? AT : null}
      from resource where resource_key = ${key}`;
    const other = await site();
    for (const key of [hydrated, held]) await ask(key, true);
    await ask(refused, false);
    await ask(theirs, true, other.now.connectionId);
    expect(await compare(one)).toMatchObject({ stored: 39, vanished: 2 });
    expect(await vanishedOf(one)).toEqual([refused, theirs]);
    const asked = await db.sql<{ fhir_id: string }[]>`
      select fhir_id from hydration_request where connection_id = ${one.now.connectionId} order by 1`;
    expect(asked.map((row) => row.fhir_id)).toEqual([0, 1].map((n) => `Medication-${n}-${sites - 1}`));
  });

  it('misses only types that the connection asks for', async () => {
    const one = await site();
    await store(one, 'Patient', 1);
    for (const type of ['Condition', 'Device', 'Procedure']) await store(one, type, 1, { vanished: 1 });
    await settle(one, { export_resource_types: ['Patient', 'Procedure', 'Condition'] });
    expect(await compare(one)).toMatchObject({ types_missing: ['Condition', 'Procedure'], stored: 1 });
  });
});

describe('a sync by searches', () => {
  async function crawl(cohort: string, patients: readonly (string | null)[]): Promise<Compared> {
    const one = await site({ crawls: true });
    await db.sql`
      insert into crawl (run_id, connection_id, cohort)
      values (${one.now.runId}, ${one.now.connectionId}, ${cohort})`;
    const rows = patients.map((patient_id, n) => ({
      ...{ run_id: one.now.runId, n, patient_id },
      state: patients.indexOf(patient_id) === n ? 'found' : 'twice',
    }));
    await db.sql`insert into crawl_patient ${db.sql(rows)}`;
    return one;
  }

  /** Patients with rows, none of whom came but the first. */
  async function persons(one: Compared, count: number): Promise<number[]> {
    const keys: number[] = [];
    for (let n = 0; n < count; n++) keys.push(await newPerson(db.sql, one.before));
    await see(one.now, keys.slice(0, 1));
    return keys;
  }
  const rename = async (keys: readonly number[], name: (n: number) => string) => {
    for (const [n, key] of keys.entries()) {
      await db.sql`update resource set fhir_id = ${name(n)} where resource_key = ${key}`;
    }
  };

  it('compares what is of the patients that it asked for', async () => {
    const one = await crawl('list', ['a', 'b', 'b', null]);
    const keys = await persons(one, 3);
    await rename(keys, (n) => 'abc'.charAt(n));
    expect(await compare(one)).toMatchObject({ stored: 2, vanished: 1 });
    expect(await vanishedOf(one)).toEqual([keys[1]]);
  });

  it('compares everything where it asked for everybody', async () => {
    const one = await crawl('all', ['a']);
    const keys = await persons(one, 3);
    await rename(keys, (n) => 'abc'.charAt(n));
    expect(await compare(one)).toMatchObject({ stored: 3, vanished: 2 });
  });

  it('compares nothing where it asked for nobody', async () => {
    const one = await crawl('list', [null]);
    await rename(await persons(one, 2), (n) => 'ab'.charAt(n));
    expect(await compare(one)).toMatchObject({ stored: 0, vanished: 0, obstacles: [], doubts: [] });
  });

  it('takes hold of patients by hundreds, and of each', async () => {
    const names = Array.from({ length: 1002 }, (_, n) => `p${String(n).padStart(5, '0')}`);
    const one = await crawl('group', names);
    const keys = await persons(one, 7);
    // About the ends of what is looked at together, and somebody who was not asked for.
    const at = [0, 499, 500, 501, 999, 1000];
    await rename(keys, (n) => names[at[n] ?? -1] ?? 'stranger');
    expect(await compare(one)).toMatchObject({ stored: 6, vanished: 5 });
    expect(await vanishedOf(one)).toEqual(keys.slice(1, 6));
  });
});

describe('what stands against the removal', () => {
  const fail = ({ now }: Compared, values: Values) =>
    db.sql`insert into failure ${db.sql({
      ...{ connection_id: now.connectionId, run_id: now.runId, chunk_id: 0, chunk_line: 0, fhir_id: 'x' },
      ...values,
    })}`;
  const file = ({ now }: Compared, values: Values) =>
    db.sql`insert into export_file ${db.sql({
      ...{ run_id: now.runId, file_no: 1, phase: 0, url: 'https://ehr.example/1', state: 'done', ...values },
    })}`;

  it.each<[what: string, make: (one: Compared) => PromiseLike<unknown>, obstacles: string[]]>([
    ['what the server kept back', (one) => fail(one, { reason: 'file-lost' }), ['export-incomplete']],
    [
      'what it has sent since',
      (one) => fail(one, { reason: 'file-lost', resolved_at: '2026-03-01T00:00:00Z' }),
      [],
    ],
    ['a file that failed', (one) => file(one, { state: 'failed' }), ['export-incomplete']],
    ['a file that is still to come', (one) => file(one, { state: 'queued' }), ['export-incomplete']],
    ['a file that came', (one) => file(one, {}), []],
    [
      'a line that names no resource',
      (one) => fail(one, { reason: 'not-json', fhir_id: null }),
      ['lines-unreadable'],
    ],
    ['a resource that cannot be mapped', (one) => fail(one, { reason: 'Expected a status' }), []],
    ['another scope than before', (one) => settle(one, { watermark_scope: 'other' }), ['scope-changed']],
    [
      'all of them',
      async (one) => {
        await file(one, { state: 'failed' });
        await fail(one, { reason: 'not-json', fhir_id: null });
        await settle(one, { watermark_scope: null });
      },
      ['export-incomplete', 'lines-unreadable', 'scope-changed'],
    ],
  ])('is told: %s', async (_, make, obstacles) => {
    const one = await site({ export_scope: 'as before' });
    await settle(one, { watermark_scope: 'as before' });
    await store(one, 'Patient', 1);
    // Of another run nothing counts.
    const { before } = one;
    await fail({ before, now: before }, { reason: 'file-lost', fhir_id: null });
    await file({ before, now: before }, { state: 'failed' });
    await make(one);
    expect(await compare(one)).toMatchObject({ obstacles });
  });
});

describe('what makes the removal doubtful', () => {
  it.each<[what: string, counts: Record<string, [stored: number, vanished: number]>, doubts: string[]]>([
    ['as many as the limit allows', { Patient: [100, 5] }, []],
    ['one more', { Patient: [100, 6] }, ['many-vanished']],
    ['as many in all', { Patient: [10, 5], Condition: [90, 0] }, []],
    ['one more in all', { Patient: [10, 6], Condition: [90, 0] }, ['many-vanished']],
    ['ten of a small type', { Patient: [10, 10], Condition: [300, 0] }, []],
    ['eleven of a small type', { Patient: [12, 11], Condition: [300, 0] }, ['many-vanished']],
    ['eleven of a large type', { Patient: [220, 11], Condition: [300, 0] }, []],
  ])('%s', async (_, counts, doubts) => {
    const one = await site();
    for (const [type, [stored, vanished]] of Object.entries(counts))
      await store(one, type, stored, { vanished });
    // Something of each came: it is compared.
    for (const [type, [stored, vanished]] of Object.entries(counts)) {
      if (stored === vanished) await store(one, type, 1, { fhir_id: 'new', first_run: one.now.runId });
    }
    expect(await compare(one)).toMatchObject({ doubts });
  });

  it('is reckoned by the limit of the connection, of which exactly as many are allowed', async () => {
    const doubtsAt = async (vanished: number) => {
      const one = await site();
      await db.sql`
        update connection set sync_config = '{"limits": {"vanished_percent": 29}}'
        where connection_id = ${one.now.connectionId}`;
      await store(one, 'Patient', 100, { vanished });
      return (await compare(one))?.['doubts'];
    };
    // 29 / 100 times 100 is a little less than 29 in binary numbers.
    expect(await doubtsAt(29)).toEqual([]);
    expect(await doubtsAt(30)).toEqual(['many-vanished']);
  });

  it.each<[what: string, file: Values, doubts: string[]]>([
    ['fewer lines than announced', { expected_count: 3, lines_done: 2 }, ['fewer-lines-than-announced']],
    ['as many lines', { expected_count: 3, lines_done: 3 }, []],
    ['more lines', { expected_count: 3, lines_done: 4 }, []],
    ['no count', { expected_count: null, lines_done: 0 }, []],
    ['a file of deletions with fewer', { kind: 'deleted', expected_count: 3, lines_done: 2 }, []],
  ])('%s', async (_, file, doubts) => {
    const one = await site();
    await store(one, 'Patient', 1);
    for (const [run_id, values] of [
      [one.now.runId, file],
      [one.before.runId, { expected_count: 3, lines_done: 2 }],
    ] as const) {
      await db.sql`insert into export_file ${db.sql({
        ...{ run_id, file_no: 1, phase: 0, url: 'https://ehr.example/1', state: 'done', ...values },
      })}`;
    }
    expect(await compare(one)).toMatchObject({ doubts });
  });
});
