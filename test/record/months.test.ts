/** Months of the record are made while others add to it. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../jobs/record/actor.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { keepRecord } from '../../jobs/record/upkeep.ts';
import { describeError } from '../../jobs/step/describe-error.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { holdOpen, WAIT } from '../world/locks.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await newDatabase();
});
afterEach(async () => {
  await db.drop();
});

/** Before there was a record, so nobody has made this month. */
const begun = new Date('2015-03-14T12:00:00Z');
/** Further ahead than months are made. */
const ahead = new Date(Date.UTC(new Date().getUTCFullYear() + 3, 0, 15));

const add = (tx: Tx, at: Date) =>
  recordInTx(tx, { at, actor: commandLine('ada'), action: 'connection.update', object: 'connection/1' });
const make = async (tx: Tx, month: Date) =>
  (
    await tx<{ made: boolean }[]>`select audit_make_month(${month.toISOString().slice(0, 10)}::date) as made`
  )[0]?.made;

const open = (work: (tx: Tx) => Promise<unknown>) => holdOpen(db.sql, work);

const waiting = async () =>
  (
    await db.sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  ).length;

const tables = async () =>
  await db.sql`select tableoid::regclass::text as table, count(*)::int as events from audit_event group by 1`;

describe('a month that has begun, and is made only now', () => {
  it('takes what somebody adds meanwhile', async () => {
    const commit = await open((tx) => make(tx, begun));
    const added = db.sql.begin((tx) => add(tx, begun));
    await expect.poll(waiting, WAIT).toBe(1);
    await commit();
    await added;
    expect(await tables()).toEqual([{ table: 'audit_event_2015_03', events: 1 }]);
  });

  it('is not made where somebody has added one of its events, and commits it meanwhile', async () => {
    const commit = await open((tx) => add(tx, begun));
    const made = db.sql.begin((tx) => make(tx, begun));
    await expect.poll(waiting, WAIT).toBe(1);
    await commit();
    expect(await made).toBe(false);
    expect(await tables()).toEqual([{ table: 'audit_event_other', events: 1 }]);
  });
});

describe('a month that is made ahead', () => {
  it('lets nobody wait', async () => {
    const commit = await open((tx) => make(tx, ahead));
    await db.sql.begin((tx) => add(tx, new Date()));
    await commit();
  });

  it('has who adds one of its events, with a clock that is wrong, try again', async () => {
    const commit = await open((tx) => make(tx, ahead));
    const added = db.sql.begin((tx) => add(tx, ahead)).catch(describeError);
    await expect.poll(waiting, WAIT).toBe(1);
    await commit();
    expect(await added).toMatchObject({ code: 'postgres-23514', sort: 'retry' });
  });
});

describe('the months that are due', () => {
  const log = pino({ level: 'silent' });
  const keep = () => keepRecord({ sql: db.sql, clock: () => begun, log });
  const made = async () =>
    (await db.sql`select from pg_class where relname ~ '^audit_event_201[56]_\\d\\d$'`).length;

  it('are made by the next pass where one could not', async () => {
    const commit = await open((tx) => tx`lock table audit_event in row exclusive mode`);
    await keep();
    expect(await made()).toBe(0);
    await commit();
    await keep();
    expect(await made()).toBe(13);
  });
});
