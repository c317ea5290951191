import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../jobs/record/actor.ts';
import { anchorText, presentAnchor, readAnchor } from '../../jobs/record/anchor.ts';
import { NO_HASH, sha256 } from '../../jobs/record/events.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { sealEvents } from '../../jobs/record/seal.ts';
import { verifyRecord } from '../../jobs/record/verify.ts';
import { newDatabase, type TestDatabase } from '../database.ts';

const clock = () => new Date();
let db: TestDatabase;
/** One session for all of them: each that is new reads anew what there is of partitions. */
let owner: postgres.Sql;
beforeAll(async () => {
  db = await newDatabase();
  owner = postgres(db.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await owner.end();
  await db.drop();
});
// A database for each test would cost a second and a half, forty times.
beforeEach(async () => {
  await tamper(
    // Of tables with many partitions and few rows, far quicker than to truncate them.
    `delete from audit_event; delete from audit_seal; delete from audit_unsealed; delete from audit_delivery;
      alter sequence audit_event_id restart`,
  );
  await add(6);
});

async function add(events: number, at = clock()): Promise<void> {
  for (let n = 0; n < events; n++) {
    await db.sql.begin((tx) =>
      recordInTx(tx, {
        ...{ at, actor: commandLine('ada'), action: 'connection.update', object: `connection/${n}` },
        ...{ before: { scopes: 'a', b: [1, { y: 1, x: 2 }] }, after: { scopes: 'b' } },
      }),
    );
  }
}

const verify = (anchor?: string) =>
  verifyRecord({ sql: db.sql, clock }, { anchor: anchor === undefined ? undefined : readAnchor(anchor) });
const faults = async (anchor?: string) =>
  (await verify(anchor)).faults.map(({ code, seal_no, event_id }) => [code, seal_no, event_id]);

/** As whoever owns the server, with every trigger off. */
async function tamper(statement: string): Promise<void> {
  await owner.unsafe(`set session_replication_role = replica; set search_path to ehr_sync; ${statement}`);
}

describe('the record as it should be', () => {
  it('is whole, with a seal for every event and none that waits', async () => {
    expect(await verify()).toMatchObject({
      seals: 6,
      unsealed: [],
      faults: [],
      dropped: 0,
      last: { seal_no: 6 },
    });
    expect(await verify(await presentAnchor(db.sql))).toMatchObject({ faults: [] });
  });

  it('leaves no event of a transaction that is rolled back', async () => {
    const undone = db.sql.begin(async (tx) => {
      await recordInTx(tx, { at: clock(), actor: commandLine('ada'), action: 'a.b', object: 'x/1' });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await add(1);
    expect(await verify()).toMatchObject({ seals: 7, faults: [] });
    const [row] = await db.sql`select max(event_id) as last from audit_event`;
    expect(row?.['last']).toBe(8);
  });

  it('seals an event that commits late behind those that came after it', async () => {
    let early: Promise<unknown> = Promise.resolve();
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    early = db.sql.begin(async (tx) => {
      await recordInTx(tx, { at: clock(), actor: commandLine('ada'), action: 'a.late', object: 'x/1' });
      begun.resolve();
      await go.promise;
    });
    await begun.promise;
    await add(1);
    expect(await verify()).toMatchObject({ seals: 7, unsealed: [], faults: [] });
    go.resolve();
    await early;
    expect(await verify()).toMatchObject({ seals: 8, faults: [] });
    expect(await db.sql`select event_id from audit_seal order by seal_no desc limit 2`).toMatchObject([
      { event_id: 7 },
      { event_id: 8 },
    ]);
  });

  it('goes on behind seals of the former version, which hold as they are', async () => {
    await verify();
    const seals = await db.sql<{ seal_no: number; event_hash: string }[]>`
      select seal_no, event_hash from audit_seal order by seal_no`;
    let hash = NO_HASH;
    for (const { seal_no, event_hash } of seals) {
      hash = sha256(hash + event_hash);
      await tamper(`update audit_seal set version = 1, hash = '${hash}' where seal_no = ${seal_no}`);
    }
    const anchor = await presentAnchor(db.sql);
    await add(2);
    expect(await verify(anchor)).toMatchObject({ seals: 8, faults: [] });
    const versions = await db.sql`select version from audit_seal order by seal_no desc limit 3`;
    expect(versions.map((one) => one['version'])).toEqual([2, 2, 1]);
  });

  it('is sealed once by two who seal at the same time', async () => {
    await add(40);
    const sealed = await Promise.all([1, 2, 3].map(() => sealEvents({ sql: db.sql, clock })));
    expect(sealed.reduce((sum, one) => sum + one)).toBe(46);
    expect(await verify()).toMatchObject({ seals: 46, faults: [] });
  });

  it('takes names of any length and kind without what a terminal obeys', async () => {
    const name = `\u0000\u001b]0;owned\u0007${'x'.repeat(500)}`;
    const actor = { ...commandLine(name), address: '203.0.113.9' };
    await db.sql.begin((tx) =>
      recordInTx(tx, { at: clock(), actor, action: 'a.b', object: 'x/1', details: { text: 'a\u0000b' } }),
    );
    const [row] = await db.sql`select actor, details from audit_event order by event_id desc limit 1`;
    expect(row?.['actor']).toMatch(/^cli: *\]0;owned x{100,200}…$/);
    expect(row?.['details']).toEqual({ text: 'ab' });
  });
});

describe('the record', () => {
  it.each([
    `update audit_event set actor = 'eve'`,
    'delete from audit_event where event_id = 3',
    'truncate audit_event',
    'truncate audit_event_other',
    `update audit_seal set hash = event_hash`,
    'delete from audit_seal',
    'truncate audit_seal',
  ])('refuses also its owner: %s', async (statement) => {
    await verify();
    await expect(db.sql.unsafe(statement)).rejects.toThrow(/only added to/);
    expect(await faults()).toEqual([]);
  });

  it('refuses that a month of it is emptied', async () => {
    const [part] = await db.sql<
      { name: string }[]
    >`select tableoid::regclass::text as name from audit_event limit 1`;
    expect(part?.name).toMatch(/^audit_event_\d{4}_\d\d$/);
    await expect(db.sql.unsafe(`truncate ${part?.name}`)).rejects.toThrow(/only added to/);
    await expect(db.sql.unsafe(`delete from ${part?.name}`)).rejects.toThrow(/only added to/);
  });
});

describe('verification finds', () => {
  it('what a forged drop is to hide', async () => {
    const actor = commandLine('eve');
    const details = { before: '9999' };
    await db.sql.begin((tx) =>
      recordInTx(tx, { at: clock(), actor, action: 'audit.drop', object: 'audit', details }),
    );
    await verify();
    await tamper('delete from audit_event where event_id = 3');
    expect(await faults()).toEqual([['event-deleted', 3, 3]]);
  });

  beforeEach(() => verify());

  it.each([
    ['actor', `actor = 'eve'`],
    ['role', 'role = null'],
    ['way of proof', `via = 'oidc'`],
    ['action', `action = 'connection.test'`],
    ['object', `object = 'connection/99'`],
    ['outcome', `outcome = 'failed'`],
    ['status', 'status = 500'],
    ['address', `address = '10.0.0.1'`],
    ['request id', `request_id = 'r'`],
    ['id of the client', `client_request_id = 'r'`],
    ['microsecond', `at = at + interval '1 microsecond'`],
    ['setting as it was', `before = jsonb_set(before, '{b,1,x}', '3')`],
    ['setting as it is', `after = '{}'`],
    ['detail', `details = '{}'`],
  ])('another %s', async (_what, change) => {
    await tamper(`update audit_event set ${change} where event_id = 3`);
    const found = await faults();
    expect(found[0]).toEqual(['event-changed', 3, 3]);
  });

  it('an event that is gone', async () => {
    await tamper('delete from audit_event where event_id = 3');
    expect(await faults()).toEqual([['event-deleted', 3, 3]]);
  });

  it('an event that was deleted while it waited for its seal', async () => {
    await add(1);
    await tamper('delete from audit_event where event_id = 7');
    expect(await faults()).toEqual([['event-deleted', null, 7]]);
  });

  it('an event with its seal that is gone', async () => {
    await tamper('delete from audit_event where event_id = 3; delete from audit_seal where event_id = 3');
    expect(await faults()).toEqual([['seal-missing', 4, 4]]);
  });

  it('an event that was put in behind it', async () => {
    await tamper(
      `insert into audit_event (at, actor, via, action, object, outcome)
       select at, 'eve', 'cli', 'run.cancel', 'run/1', 'done' from audit_event where event_id = 2`,
    );
    expect(await faults()).toEqual([['event-inserted', null, 7]]);
  });

  it('a second event under the number of one that is there', async () => {
    await tamper(
      `insert into audit_event (event_id, at, actor, via, action, object, outcome)
       select 2, at + interval '1 second', 'eve', 'cli', 'run.cancel', 'run/1', 'done' from audit_event where event_id = 2`,
    );
    expect(await faults()).toEqual([['event-inserted', null, 2]]);
  });

  it('an event that changed places with another', async () => {
    await tamper(
      'update audit_seal set event_id = 5 - event_id where event_id in (2, 3)'.replace('5 -', '1000 +'),
    );
    await tamper(
      `update audit_seal set event_id = event_id + 1000 where event_id in (2, 3);
       update audit_seal set event_id = 1005 - event_id where event_id in (1002, 1003)`,
    );
    expect((await faults()).map(([code]) => code)).toContain('event-changed');
  });

  it.each([
    ['hash', `hash = repeat('0', 64)`, ['seal-changed', 3, 3]],
    ['hash of the event', `event_hash = repeat('0', 64)`, ['seal-changed', 3, 3]],
    ['number', 'seal_no = 300', ['seal-missing', 4, 4]],
  ])('a seal with another %s', async (_what, change, fault) => {
    await tamper(`update audit_seal set ${change} where seal_no = 3`);
    expect(await faults()).toContainEqual(fault);
  });

  it.each([
    ['time', `event_at = event_at - interval '1 microsecond'`],
    ['event', 'event_id = 300'],
    ['version', 'version = 1'],
  ])('a seal with another %s, also where its event is gone', async (_what, change) => {
    await tamper(
      `update audit_seal set ${change} where seal_no = 3; delete from audit_event where event_id = 3`,
    );
    expect(await faults()).toContainEqual(['seal-changed', 3, expect.any(Number)]);
  });

  it('a tail that was cut off, by the anchor alone', async () => {
    const anchor = await presentAnchor(db.sql);
    await tamper('delete from audit_event where event_id > 4; delete from audit_seal where seal_no > 4');
    expect(await faults()).toEqual([]);
    expect(await faults(anchor)).toEqual([['tail-cut', 6, null]]);
    // What is added afterwards takes the numbers again, and not the hashes.
    await add(3);
    expect(await faults(anchor)).toEqual([['anchor-differs', 6, expect.any(Number)]]);
  });

  it('a chain that was made anew, by the anchor alone', async () => {
    const anchor = await presentAnchor(db.sql);
    await tamper(
      `update audit_event set actor = 'eve' where event_id = 2;
       truncate audit_seal; insert into audit_unsealed select event_id from audit_event`,
    );
    expect(await faults()).toEqual([]);
    expect(await faults(anchor)).toEqual([['anchor-differs', 6, expect.any(Number)]]);
  });

  it('an earlier anchor in a longer record as it was', async () => {
    const anchor = await presentAnchor(db.sql);
    await add(2);
    expect(await verify(anchor)).toMatchObject({ seals: 8, faults: [] });
  });
});

describe('a month that is dropped', () => {
  const old = new Date('2015-03-10T12:00:00Z');
  const drop = (before: string) => db.sql`select audit_drop_before(${before}::timestamptz)`;

  beforeEach(async () => {
    await db.sql`select audit_make_month('2015-03-01')`;
    await add(3, old);
    await verify();
  });

  it('as the rule says leaves its anchor, and the rest is whole', async () => {
    await drop('2016-01-01');
    expect(await db.sql`select to_regclass('audit_event_2015_03') as part`).toEqual([{ part: null }]);
    const found = await verify();
    expect(found).toMatchObject({
      seals: 10,
      dropped: 3,
      dropped_before: '2016-01-01T00:00:00Z',
      faults: [],
    });
    expect(await db.sql`select details from audit_event where action = 'audit.drop'`).toMatchObject([
      { details: { events: 3, partitions: ['audit_event_2015_03'], seal: 9 } },
    ]);
  });

  it('by hand is missed', async () => {
    await tamper('drop table audit_event_2015_03');
    expect((await faults()).map(([code]) => code)).toEqual([
      'event-deleted',
      'event-deleted',
      'event-deleted',
    ]);
  });

  it('with the rule, and another by hand, is told apart', async () => {
    await drop('2016-01-01');
    await verify();
    await tamper('delete from audit_event where event_id = 2');
    expect(await faults()).toEqual([['event-deleted', 2, 2]]);
  });

  it('is none of which only a changed seal says that it was', async () => {
    await drop('2016-01-01');
    await verify();
    await tamper(
      `delete from audit_event where event_id = 2; update audit_seal set event_at = '2015-01-01' where event_id = 2`,
    );
    expect(await faults()).toEqual([['seal-changed', 2, 2]]);
  });

  it('is kept while it is not over at that time, or an event of it has no seal', async () => {
    await drop('2015-03-31');
    await add(1, old);
    await drop('2016-01-01');
    expect(await db.sql`select count(*) as n from audit_event_2015_03`).toEqual([{ n: 4 }]);
    expect(await db.sql`select 1 from audit_event where action = 'audit.drop'`).toEqual([]);
  });

  it('is never one of the last year', async () => {
    await expect(db.sql`select audit_drop_before(now() - interval '364 days')`).rejects.toThrow(/last year/);
  });
});

describe('a month', () => {
  it('is made once, and not where events of it are already kept elsewhere', async () => {
    const make = async (month: string) =>
      (await db.sql<{ made: boolean }[]>`select audit_make_month(${month}::date) as made`)[0]?.made;
    expect(await make('2040-02-15')).toBe(true);
    expect(await make('2040-02-01')).toBe(false);
    await add(1, new Date('2041-01-31T23:59:59.999Z'));
    expect(await make('2041-01-01')).toBe(false);
    expect(await make('2041-02-01')).toBe(true);
    await add(1, new Date('2041-02-01T00:00:00Z'));
    expect(await db.sql`select count(*) as n from audit_event_2041_02`).toEqual([{ n: 1 }]);
    expect(await db.sql`select count(*) as n from audit_event_other`).toEqual([{ n: 1 }]);
    expect(await verify()).toMatchObject({ seals: 8, faults: [] });
  });
});

describe('an anchor', () => {
  it('is read as it is written, and nothing else is', () => {
    const anchor = { seal_no: 12, hash: 'ab'.repeat(32) };
    expect(readAnchor(` ${anchorText(anchor)}\n`)).toEqual(anchor);
    for (const text of ['', '12', `12:${'a'.repeat(63)}`, `-1:${'a'.repeat(64)}`, `12:${'A'.repeat(64)}`]) {
      expect(() => readAnchor(text)).toThrow(/Expected an anchor/);
    }
  });
});
