import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByIdentity } from '../../jobs/lines/by-identity.ts';
import type { Entry } from '../../jobs/lines/read-lines.ts';
import type { Known } from '../../jobs/load/compare/known.ts';
import {
  confirmInTx,
  MustBeAlone,
  noteUnchangedInTx,
  seenUnchanged,
  whatToAsk,
} from '../../jobs/load/compare/seen-unchanged.ts';
import {
  compareAloneInTx,
  compareBesideOthersInTx,
  mapAloneInTx,
  mapBesideOthersInTx,
  settleAloneInTx,
} from '../../jobs/load/take-turns.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { newChunk, newResource } from '../derive/chart.ts';

let db: TestDatabase;
let run: number;
let other: number;
beforeAll(async () => {
  db = await newDatabase();
  await db.sql`insert into connection (site_name, site_key) values ('one', 'one')`;
  const made = await db.sql<{ run_id: number }[]>`
    insert into run (connection_id, mode, triggered_by, status, finished_at)
    select 1, 'full', 'test', 'completed', now() from generate_series(1, 2) returning run_id`;
  [run = 0, other = 0] = made.map(({ run_id }) => run_id);
});
afterAll(() => db.drop());

const chunkOf = (of: number) => newChunk(db.sql, of);
const note = (chunk: number, ranges: string | null, keys: number[] = []) =>
  db.sql.begin((tx) => noteUnchangedInTx(tx, { runId: run, chunkId: chunk }, { ranges, keys }));
const notedOf = async (chunk: number) =>
  (await db.sql`select seen_unchanged::text as seen from chunk where chunk_id = ${chunk}`)[0]?.['seen'];

/** Whoever has to wait for a lock is refused it instead. */
const unlessLocked = (tx: Tx) => tx`set local lock_timeout = '1ms'`;
const isWaiting = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => {
      expect(error).toMatchObject({ code: '55P03' });
      return true;
    },
  );

const OLD = '2026-01-01T00:00:00Z';
const NEW = '2026-01-01T00:00:01Z';
type Before = Partial<Known> & { readonly sent?: string | null };

/** What a chunk asks of resources that are sent in the version of OLD where NEW is loaded, but for what is said otherwise. */
function asked(those: readonly Before[], overlapping: [number, 'later'][] = []) {
  const known = new ByIdentity<Known>();
  const entries = those.map(({ sent = OLD, ...before }) => {
    const id = `r${before.resource_key}`;
    const loaded = { last_run: 0, content_hash: Buffer.from('x'), last_updated: NEW, ...before };
    known.set('Condition', id, loaded as Known);
    return {
      type: 'Condition',
      id,
      lastUpdated: sent,
      hash: 'other',
      lineHash: 'other',
      position: 1,
    } as Entry;
  });
  return whatToAsk({ runId: run, overlapping: new Map(overlapping) }, entries, known);
}
const seenOf = (those: readonly Before[]) =>
  db.sql.begin((tx) => seenUnchanged(tx, { runId: run }, asked(those)));

describe('a version that goes back in time', () => {
  it('has a newer one beside it where a chunk of its run noted that, and of no other run', async () => {
    await note(await chunkOf(run), '{[10,13)}', [20]);
    await note(await chunkOf(run), null, [30, 31]);
    await note(await chunkOf(run), '{[40,41)}');
    await note(await chunkOf(other), '{[50,60)}');
    await chunkOf(run);
    const keys = [9, 10, 12, 13, 19, 20, 21, 30, 31, 32, 40, 41, 55];
    const seen = await seenOf(keys.map((resource_key) => ({ resource_key })));
    expect([...seen].sort()).toEqual([10, 12, 20, 30, 31, 40]);
  });

  it.each<[string, Before]>([
    ['newer', { sent: '2027-01-01T00:00:00Z' }],
    ['after one of this run', { last_run: -1 }],
    ['after one of a run beside this', { last_run: 99 }],
    ['after one without content', { content_hash: Buffer.alloc(0) }],
  ])('is none that was sent %s', async (_, before) => {
    const last_run = before.last_run === -1 ? run : (before.last_run ?? 0);
    expect(asked([{ resource_key: 10, ...before, last_run }], [[99, 'later']])).toEqual(new Map());
  });

  it.each<[string, Before]>([
    ['of the same time', { sent: NEW }],
    ['without a time', { sent: null }],
    ['after one without a time', { last_updated: null }],
  ])('is not told by its time where it is %s: its place in the export decides', async (_, before) => {
    expect(asked([{ resource_key: 10, ...before }])).toEqual(new Map([[10, 1]]));
    // The chunks that noted it are of no file, and so stand behind nothing.
    expect(await seenOf([{ resource_key: 10, ...before }])).toEqual(new Set());
  });

  it('is none of a resource that nobody knows', () => {
    const entries = [{ type: 'Condition', id: 'new', lastUpdated: OLD } as Entry];
    expect(whatToAsk({ runId: run }, entries, new ByIdentity<Known>())).toEqual(new Map());
  });
});

describe('what a chunk has decided', () => {
  const NOTHING = { ranges: null, keys: [] };
  const confirm = async (
    chunkId: number,
    verdicts: Partial<Parameters<typeof confirmInTx>[2]>,
    isAlone = false,
  ) =>
    await db.sql.begin(async (tx) => {
      await unlessLocked(tx);
      await confirmInTx(
        tx,
        { connectionId: 1, runId: run, chunkId, isAlone },
        { asked: new Map(), seen: new Set(), unchanged: NOTHING, ...verdicts },
      );
    });

  it('holds while nobody has noted anything of what it replaces', async () => {
    const chunk = await chunkOf(run);
    await confirm(chunk, { asked: new Map([[70, -1]]) });
    await note(await chunkOf(run), '{[70,71)}');
    await expect(confirm(chunk, { asked: new Map([[70, -1]]) })).rejects.toBeInstanceOf(MustBeAlone);
    await confirm(chunk, { asked: new Map([[70, -1]]), seen: new Set([70]) });
    await expect(confirm(chunk, { asked: new Map([[71, -1]]), seen: new Set([71]) })).rejects.toBeInstanceOf(
      MustBeAlone,
    );
    const both = new Map([
      [70, -1],
      [71, -1],
    ]);
    await expect(confirm(chunk, { asked: both, seen: new Set([71]) })).rejects.toBeInstanceOf(MustBeAlone);
    await confirm(chunk, { asked: both, seen: new Set([70]) });
  });

  it('holds while what it calls unchanged is replaced by no other chunk of its run', async () => {
    const chunk = await chunkOf(run);
    const [replaced, own] = [await loaded('replaced', other, 0), await loaded('own', run, chunk)];
    await confirm(chunk, { unchanged: { ranges: null, keys: [replaced, own] } });
    await db.sql`update resource set last_run = ${run} where resource_key = ${replaced}`;
    for (const unchanged of [
      { ranges: null, keys: [replaced] },
      { ranges: `{[${replaced},${replaced + 1})}`, keys: [] },
    ]) {
      await expect(confirm(await chunkOf(run), { unchanged })).rejects.toBeInstanceOf(MustBeAlone);
    }
  });

  it('waits for whoever looks into the notes, where it adds to them; where it looks itself, for both', async () => {
    const [asks, adds] = [{ asked: new Map([[90, -1]]) }, { unchanged: { ranges: null, keys: [91] } }];
    const waits = async (held: (tx: Tx, connectionId: number) => Promise<void>) =>
      await db.sql.begin(async (tx) => {
        await held(tx, 1);
        const of = async (verdicts: Parameters<typeof confirm>[1], isAlone = false) =>
          await isWaiting(confirm(await chunkOf(run), verdicts, isAlone));
        return [await of(asks), await of(adds), await of({}), await of({ ...asks, ...adds }, true)];
      });
    expect(await waits(compareAloneInTx)).toEqual([true, true, false, false]);
    expect(await waits(compareBesideOthersInTx)).toEqual([true, false, false, false]);
  });

  function loaded(id: string, lastRun: number, chunk_id: number): Promise<number> {
    const site = { connectionId: 1, runId: lastRun };
    return newResource(db.sql, site, 'Condition', { id, content_hash: 'x', chunk_id, first_run: 0 });
  }
});

it('what a chunk notes is added to what it noted before, and nothing to that of another', async () => {
  const [chunk, beside] = [await chunkOf(run), await chunkOf(run)];
  await note(chunk, null);
  expect(await notedOf(chunk)).toBeNull();
  await note(chunk, '{[201,203)}', [207]);
  await note(chunk, null, [203]);
  expect(await notedOf(chunk)).toBe('{[201,204),[207,208)}');
  expect(await notedOf(beside)).toBeNull();
});

it('who maps, compares or settles waits for whom of the same connection', async () => {
  const turns = {
    'map beside others': mapBesideOthersInTx,
    'map alone': mapAloneInTx,
    'compare beside others': compareBesideOthersInTx,
    'compare alone': compareAloneInTx,
    'settle alone': settleAloneInTx,
  };
  /** Who waits for each that has its turn. */
  const waiting = async (connectionId: number) => {
    const found: Record<string, string[]> = {};
    for (const [name, take] of Object.entries(turns)) {
      found[name] = await db.sql.begin(async (tx) => {
        await take(tx, 1);
        const those: string[] = [];
        for (const [other, takeAfter] of Object.entries(turns)) {
          const work = db.sql.begin(async (after) => {
            await unlessLocked(after);
            await takeAfter(after, connectionId);
          });
          if (await isWaiting(work)) those.push(other);
        }
        return those;
      });
    }
    return found;
  };
  expect(await waiting(1)).toEqual({
    'map beside others': ['map alone', 'settle alone'],
    'map alone': Object.keys(turns),
    'compare beside others': ['map alone', 'compare alone'],
    'compare alone': ['map alone', 'compare beside others', 'compare alone'],
    'settle alone': ['map beside others', 'map alone', 'settle alone'],
  });
  expect(Object.values(await waiting(2)).flat()).toEqual([]);
});
