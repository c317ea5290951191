/**
 * Chunks of a full export whose resources say no meta.lastUpdated, as an Epic's: each changed line asks what other
 * chunks hold of its resource. They are mapped beside each other all the same, and what one of them is told too late
 * has it mapped again. Where a chunk stands still is decided by locks that a test holds.
 */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { compareBesideOthersInTx } from '../../jobs/load/take-turns.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { STEP_NAMES } from '../../jobs/step/queue.ts';
import { runJob } from '../../jobs/workers.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { few, inLongRun } from '../long-run.ts';
import { contentOf } from '../world/content.ts';
import { untilWaitedFor, WAIT } from '../world/locks.ts';
import { observation, patient } from '../world/record.ts';
import { drain, type Fetched, fetchOne, openTestWorld, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
/** Of Observations in all, and in a file, which is one chunk. */
const LINES = 24;
const OF_A_FILE = 8;
const ALL_BUT_MAP = STEP_NAMES.filter((name) => name !== 'map').toReversed();

const beats = (value: number) => ({ valueQuantity: { value, unit: '/min', code: '/min' } });
const pulse = (n: number, fields = {}) => observation(`o${n}`, 'p', fields);

/** A Patient and Observations in three files, loaded. */
async function loadedSite(): Promise<Site> {
  const made = await world.site({
    ...{ lastUpdated: false, maxPerFile: OF_A_FILE },
    // So that they come in their order.
    config: { limits: { parallel_downloads: 1 } },
  });
  made.ehr.load([patient('p'), ...Array.from({ length: LINES }, (_, n) => pulse(n))]);
  await made.sync();
  clock.advance(60);
  return made;
}

/** Does all that there is to do but mapping, until so many chunks are to be mapped. */
async function toMap(count: number): Promise<Fetched[]> {
  const found: Fetched[] = [];
  while (found.length < count) {
    const map = await fetchOne(deps, ['map']);
    const next = map ?? (await fetchOne(deps, ALL_BUT_MAP)) ?? expect.fail('there is nothing left to do');
    if (map) found.push(map);
    else await runJob(deps, next.name, next.job);
  }
  return found;
}

/** The same worker, counting its transactions: each try of a chunk is one. */
function counting(): { readonly deps: Deps; tries(): number } {
  let tries = 0;
  const begin = (work: (tx: Tx) => unknown) => {
    tries++;
    return sql.begin(work);
  };
  const counted = new Proxy(sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  }) as Sql;
  return { deps: { ...deps, sql: counted }, tries: () => tries };
}

/** Maps a chunk; says in how many tries. */
async function map({ name, job }: Fetched): Promise<number> {
  const worker = counting();
  await runJob(worker.deps, name, job);
  return worker.tries();
}

const lockRow = (tx: Tx, site: Site, id: string) =>
  tx`select 1 from resource where connection_id = ${site.id} and fhir_id = ${id} for update`;

/** From now on the files of Observations are sent so. */
function rewritten(site: Site, rewrite: (line: string, id: string) => string): void {
  site.ehr.faults.push({
    ...{ on: 'file', times: 99, match: ({ path }) => path.includes('Observation') },
    do: { rewrite: (line) => rewrite(line, /"id":"(\w+)"/.exec(line)?.[1] ?? '') },
  });
}
const lineOf = (resource: object) => `${JSON.stringify(resource)}\n`;

/**
 * Two versions of the last resource: in the first file, and in its own place. Rows are locked in the order of their keys,
 * so a chunk that waits for another one of its resources has not locked this one.
 */
function twoVersions(site: Site, early: object, late: object): void {
  rewritten(site, (line, id) => {
    if (id === 'o23') return lineOf(late);
    return id === 'o0' ? `${lineOf(early)}${line}` : line;
  });
}

/** Maps these chunks up to where they need the rows of these resources, has something else done, and lets them go on. */
async function whileWaiting(
  site: Site,
  waiting: readonly { readonly job: Fetched; readonly needs: string }[],
  others: () => Promise<unknown>,
): Promise<number[]> {
  const { tries } = await sql.begin(async (tx) => {
    for (const { needs } of waiting) await lockRow(tx, site, needs);
    const tries = Promise.all(waiting.map(({ job }) => map(job)));
    await untilWaitedFor(sql, tx, waiting.length);
    await others();
    return { tries };
  });
  return await tries;
}

async function expectAsFreshlyLoaded(one: Site): Promise<void> {
  const fresh = await world.site({ ehr: one.ehr });
  await fresh.sync();
  expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
}

const valuesOf = async (one: Site, id: string) =>
  (
    await sql<{ value: number }[]>`
      select value_as_number as value from measurement join resource on resource_key = measurement_id / 1000
      where connection_id = ${one.id} and fhir_id = ${id}`
  ).map(({ value }) => value);

it('two chunks of changed lines are mapped beside each other, each once', async () => {
  const one = await loadedSite();
  one.ehr.put(pulse(3, beats(80)));
  one.ehr.put(pulse(20, beats(81)));
  const runId = await one.start({ full: true });
  const jobs = await toMap(2);
  const { tries } = await sql.begin(async (tx) => {
    // As a download does that counts lines as unchanged.
    await compareBesideOthersInTx(tx, one.id);
    const tries = Promise.all(jobs.map(map));
    await untilWaitedFor(sql, tx, 2);
    const free = await sql<{ fhir_id: string }[]>`
      select fhir_id from resource where connection_id = ${one.id} and fhir_id in ('o3', 'o4', 'o20')
      for update skip locked`;
    expect(free.map(({ fhir_id }) => fhir_id)).toEqual(['o4']);
    return { tries };
  });
  expect(await tries).toEqual([1, 1]);
  await drain(deps, clock);
  expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 });
  expect([await valuesOf(one, 'o3'), await valuesOf(one, 'o20')]).toEqual([[80], [81]]);
  await expectAsFreshlyLoaded(one);
});

it('what a chunk refers to is held where another run may take it away, and only there', async () => {
  const one = await loadedSite();
  const [patientsRun] = await sql<{ run_id: number }[]>`
    insert into run (connection_id, kind, mode, status, triggered_by)
    values (${one.id}, 'patient', 'full', 'processing', 'test') returning run_id`;
  one.ehr.put(pulse(3, beats(80)));
  await one.start();
  const [job = expect.fail()] = await toMap(1);
  expect(await whileWaiting(one, [{ job, needs: 'p' }], async () => undefined)).toEqual([1]);
  await sql`delete from run where run_id = ${patientsRun?.run_id ?? 0}`;
  await drain(deps, clock);
  clock.advance(60);
  one.ehr.put(pulse(3, beats(81)));
  await one.start();
  const [next = expect.fail()] = await toMap(1);
  await sql.begin(async (tx) => {
    await lockRow(tx, one, 'p');
    expect(await map(next)).toBe(1);
  });
  await drain(deps, clock);
  expect(await valuesOf(one, 'o3')).toEqual([81]);
});

describe('of two versions in chunks of which one commits while the other is mapped', () => {
  /** What is loaded, in another line; and two others. */
  const SAME = pulse(23, { meta: { versionId: '9' } });
  const [TEN, TWENTY] = [pulse(23, beats(10)), pulse(23, beats(20))];
  /** With the tries that the earlier and the later chunk take, each waiting for the other. */
  const cases = [
    ['what is loaded, then another one', SAME, TEN, 10, [2, 1]],
    ['another one, then what is loaded', TEN, SAME, 72, [2, 2]],
    ['two others', TEN, TWENTY, 20, [2, 2]],
  ] as const;

  few(describe, 1).each(cases)('%s', (_, early, late, stays, taken) => {
    inLongRun(it).each([
      ['earlier', 0],
      ['later', 1],
    ])('the later in the export stays, the %s one waiting', async (__, waits) => {
      const one = await loadedSite();
      twoVersions(one, early, late);
      const needs = ['o3', 'o20'];
      for (const [n, id] of needs.entries()) one.ehr.put(pulse(Number(id.slice(1)), beats(80 + n)));
      const runId = await one.start({ full: true });
      const jobs = await toMap(2);
      const [job = expect.fail(), other = expect.fail()] = waits === 0 ? jobs : jobs.toReversed();
      const tries = await whileWaiting(one, [{ job, needs: needs[waits] ?? '' }], async () =>
        expect(await map(other)).toBe(1),
      );
      // What is noted before a version in the export says nothing against it.
      expect(tries).toEqual([taken[waits]]);
      await drain(deps, clock);
      const run = await runOf(sql, runId);
      expect(run).toMatchObject({ status: 'completed', records_extracted: LINES + 2, records_failed: 0 });
      expect(await valuesOf(one, 'o23')).toEqual([stays]);
      await expectAsFreshlyLoaded(one);
    });
  });

  inLongRun(it)(
    'the later in the export stays, where it is counted as unchanged by a download meanwhile',
    async () => {
      const one = await loadedSite();
      rewritten(one, (line, id) => (id === 'o0' ? `${lineOf(TEN)}${line}` : line));
      one.ehr.put(pulse(3, beats(80)));
      await one.start({ full: true });
      const [job = expect.fail()] = await toMap(1);
      const tries = await whileWaiting(one, [{ job, needs: 'o3' }], async () => {
        const next = () => fetchOne(deps, ['download']);
        for (let download = await next(); download; download = await next())
          await runJob(deps, download.name, download.job);
      });
      expect(tries).toEqual([2]);
      await drain(deps, clock);
      expect(await valuesOf(one, 'o23')).toEqual([72]);
      await expectAsFreshlyLoaded(one);
    },
  );

  inLongRun(it)(
    'a chunk that is mapped again waits for those that are being mapped, and they do not wait for it',
    async () => {
      const one = await loadedSite();
      twoVersions(one, TEN, SAME);
      for (const n of [3, 9, 20]) one.ehr.put(pulse(n, beats(80 + n)));
      await one.start({ full: true });
      const [first = expect.fail(), beside = expect.fail(), last = expect.fail()] = await toMap(3);
      const { tries } = await sql.begin(async (holding) => {
        await lockRow(holding, one, 'o9');
        const besides = map(beside);
        await untilWaitedFor(sql, holding);
        const firsts = sql.begin(async (tx) => {
          await lockRow(tx, one, 'o3');
          const firsts = map(first);
          await untilWaitedFor(sql, tx);
          expect(await map(last)).toBe(1);
          return { firsts };
        });
        const { firsts: again } = await firsts;
        // The first one is told of the last, and waits for the one beside.
        await vi.waitUntil(async () => {
          const waits = await sql`
          select 1 from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and not granted
            and database = (select oid from pg_database where datname = current_database())`;
          return waits.length > 0;
        }, WAIT);
        return { tries: Promise.all([again, besides]) };
      });
      expect(await tries).toEqual([2, 1]);
      await drain(deps, clock);
      expect(await valuesOf(one, 'o23')).toEqual([72]);
      await expectAsFreshlyLoaded(one);
    },
  );
});
