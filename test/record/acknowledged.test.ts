/** Breaks of the record that a person has acknowledged, by the API. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../jobs/record/actor.ts';
import { appendToFile } from '../../jobs/record/file-sink.ts';
import { recordInTx } from '../../jobs/record/record.ts';
import { startApi, type TestApi } from '../routes/api.ts';

const RECORD = '/api/v1/admin/audit';
const HUGE = '9223372036854775807';
let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await tamper(
    // Of tables with many partitions and few rows, far quicker than to truncate them.
    `delete from audit_event; delete from audit_seal; delete from audit_unsealed; delete from audit_delivery;
      alter sequence audit_event_id restart`,
  );
  await add(6);
  await verify();
});

async function add(events: number): Promise<void> {
  for (let n = 0; n < events; n++) {
    await api.sql.begin((tx) =>
      recordInTx(tx, {
        ...{
          at: new Date(),
          actor: commandLine('ada'),
          action: 'connection.update',
          object: `connection/${n}`,
        },
      }),
    );
  }
}

/** As whoever owns the server, with every trigger off. */
async function tamper(statement: string): Promise<void> {
  await api.sql.begin((tx) => tx.unsafe(`set local session_replication_role = replica; ${statement}`));
}

const verify = async () => (await api.call('GET', `${RECORD}/verification`)).json;
const acknowledge = async (range: object, reason = 'a restore of 2026-11-28') =>
  await api.call('POST', `${RECORD}/acknowledgements`, { reason, ...range });

/** What verification finds: whether it is intact, open faults, acknowledged ones. */
async function found() {
  const { intact, faults, acknowledged } = await verify();
  const brief = (list: { code: string; seal_no: number | null; event_id: number | null }[]) =>
    list.map(({ code, seal_no, event_id }) => [code, seal_no, event_id]);
  return { intact, open: brief(faults), known: brief(acknowledged) };
}

describe('a break that is acknowledged', () => {
  it.each([
    [
      'an event that was changed',
      `update audit_event set actor = 'eve' where event_id = 3`,
      '3',
      'event-changed',
    ],
    ['an event that is gone', 'delete from audit_event where event_id = 3', '3', 'event-deleted'],
    [
      'a seal that was changed',
      `update audit_seal set hash = repeat('0', 64) where seal_no = 3`,
      '3-4',
      'seal-changed',
    ],
    [
      'a seal that is gone',
      'delete from audit_seal where seal_no = 3; delete from audit_event where event_id = 3',
      '4',
      'seal-missing',
    ],
  ])('is told apart from then on: %s', async (_what, change, seals, code) => {
    await tamper(change);
    const before = await found();
    expect(before).toMatchObject({ intact: false, known: [] });
    const { status, json } = await acknowledge({ seals });
    expect(status).toBe(201);
    expect(json.acknowledged.map((one: { code: string }) => one.code)).toContain(code);
    expect(await found()).toEqual({ intact: true, open: [], known: before.open });
    // The record goes on.
    await add(2);
    expect(await found()).toEqual({ intact: true, open: [], known: before.open });
  });

  it.each([HUGE, '1000', '0', '-5'])('may be a seal that was put in with the number %s', async (number) => {
    await tamper(
      `insert into audit_seal (seal_no, event_id, event_at, event_hash, hash, sealed_at)
       select ${number}, ${HUGE}, now(), hash, hash, now() from audit_seal where seal_no = 6`,
    );
    await add(2);
    const before = await found();
    expect(before).toMatchObject({ intact: false, known: [] });
    expect(before.open.map(([code]) => code)).toEqual(['seal-inserted']);
    const shown = Number(before.open[0]?.[1]);
    if (shown < 0) return;
    expect((await acknowledge({ seals: String(shown) })).status).toBe(201);
    expect(await found()).toEqual({ intact: true, open: [], known: before.open });
    const [last] =
      await api.sql`select seal_no from audit_seal where event_id < 100 order by event_id desc limit 1`;
    expect(last?.['seal_no']).toBe(9);
  });

  it('may be a seal that was put in as the next one', async () => {
    await tamper(
      `select nextval('audit_event_id');
       insert into audit_seal (seal_no, event_id, event_at, event_hash, hash, sealed_at)
       select 7, ${HUGE}, now(), hash, hash, now() from audit_seal where seal_no = 6`,
    );
    await add(3);
    const before = await found();
    expect(before.open).toEqual([
      ['seal-changed', 7, Number.MAX_SAFE_INTEGER],
      ['event-deleted', 7, Number.MAX_SAFE_INTEGER],
    ]);
    await acknowledge({ seals: '7' });
    expect(await found()).toEqual({ intact: true, open: [], known: before.open });
  });

  it('may be an event that was put in behind it, or went before it had a seal', async () => {
    await tamper(
      `insert into audit_event (event_id, at, actor, via, action, object, outcome)
       select 2, at + interval '1 second', 'eve', 'cli', 'run.cancel', 'run/1', 'done' from audit_event where event_id = 2;
       insert into audit_unsealed values (77)`,
    );
    expect((await found()).open).toEqual([
      ['event-inserted', null, 2],
      ['event-deleted', null, 77],
    ]);
    expect((await acknowledge({ seals: '2' })).json).toMatchObject({ code: 'audit-range-whole' });
    expect((await acknowledge({ events: '2' })).status).toBe(201);
    expect(await found()).toMatchObject({ intact: false, open: [['event-deleted', null, 77]] });
    expect((await acknowledge({ events: '70-80' })).status).toBe(201);
    expect(await found()).toMatchObject({
      intact: true,
      known: [
        ['event-inserted', null, 2],
        ['event-deleted', null, 77],
      ],
    });
    await tamper(`update audit_event set object = 'run/2' where event_id = 2 and actor = 'eve'`);
    expect(await found()).toMatchObject({ intact: false, open: [['event-inserted', null, 2]] });
  });

  it('is another one when the same event or seal is changed again', async () => {
    await tamper(
      `update audit_event set actor = 'eve' where event_id = 3;
       update audit_seal set hash = repeat('0', 64) where seal_no = 5`,
    );
    await acknowledge({ seals: '1-6' });
    expect(await found()).toMatchObject({ intact: true });
    await tamper(`update audit_event set actor = 'eva' where event_id = 3`);
    expect(await found()).toMatchObject({ intact: false, open: [['event-changed', 3, 3]] });
    await tamper(`update audit_event set actor = 'eve' where event_id = 3`);
    expect(await found()).toMatchObject({ intact: true });
    await tamper(`update audit_seal set hash = repeat('1', 64) where seal_no = 5`);
    expect((await found()).open).toEqual([
      ['seal-changed', 5, 5],
      ['seal-changed', 6, 6],
    ]);
    await tamper('delete from audit_event where event_id = 3');
    expect((await found()).open).toContainEqual(['event-deleted', 3, 3]);
  });

  it('is recorded with who, why, which faults and what was found', async () => {
    await tamper(`update audit_event set actor = 'eve' where event_id in (3, 5)`);
    const { faults } = await verify();
    await acknowledge({ seals: '2-4' }, 'a script of ours');
    const [event] = await api.sql`select * from audit_event where action = 'audit.acknowledge'`;
    expect(event).toMatchObject({
      ...{ actor: 'admin', role: 'admin', object: 'audit', outcome: 'done', status: 201 },
      details: {
        ...{ reason: 'a script of ours', seals: '2-4' },
        faults: [{ code: 'event-changed', seal_no: 3, event_id: 3, found: faults[0].found }],
      },
    });
    expect(faults[0].found).toMatch(/^[0-9a-f]{64}$/);
    const { acknowledged } = await verify();
    expect(acknowledged).toMatchObject([{ seal_no: 3, acknowledged_by: event?.['event_id'] }]);
    expect(await found()).toMatchObject({ intact: false, open: [['event-changed', 5, 5]] });
  });

  it('is open again when the event that acknowledges it is not what was sealed', async () => {
    await tamper(`update audit_event set actor = 'eve' where event_id in (3, 5)`);
    const [, fifth] = (await verify()).faults;
    await acknowledge({ seals: '3' });
    await verify();
    const { message: _, ...forged } = fifth;
    await tamper(
      `update audit_event set details = jsonb_set(details, '{faults,0}', '${JSON.stringify(forged)}')
       where action = 'audit.acknowledge'`,
    );
    expect((await found()).open.map(([code, seal]) => [code, seal])).toEqual([
      ['event-changed', 3],
      ['event-changed', 5],
      ['event-changed', 7],
    ]);
  });

  it('leaves room among the faults that are told', async () => {
    await add(230);
    await verify();
    await tamper(`update audit_event set actor = 'eve' where event_id <= 210`);
    expect((await found()).open).toHaveLength(200);
    expect((await acknowledge({ seals: '1-236' })).json).toMatchObject({ code: 'audit-range-too-broken' });
    await acknowledge({ seals: '1-150' });
    await acknowledge({ seals: '151-208' });
    const { open, known } = await found();
    expect(open).toEqual([
      ['event-changed', 209, 209],
      ['event-changed', 210, 210],
    ]);
    expect(known).toHaveLength(208);
  });

  it('is one: what is whole, or acknowledged already, cannot be', async () => {
    expect(await acknowledge({ seals: '1-6' })).toMatchObject({
      status: 409,
      json: { code: 'audit-range-whole' },
    });
    await tamper(`update audit_event set actor = 'eve' where event_id = 3`);
    expect((await acknowledge({ seals: '4-6' })).json).toMatchObject({ code: 'audit-range-whole' });
    expect((await acknowledge({ events: '1-6' })).json).toMatchObject({ code: 'audit-range-whole' });
    expect((await acknowledge({ seals: '3' })).status).toBe(201);
    expect((await acknowledge({ seals: '3' })).json).toMatchObject({ code: 'audit-range-whole' });
    expect(await api.sql`select from audit_event where action = 'audit.acknowledge'`).toHaveLength(1);
  });

  it.each([
    [{ seals: '4-3' }],
    [{ seals: 'all' }],
    [{ seals: '1-2-3' }],
    [{ seals: '-1' }],
    [{ seals: '99999999999999999999' }],
    [{}],
    [{ seals: '3', events: '3' }],
    [{ seals: '3', reason: ' ' }],
  ])('needs a reason and one range: %j', async (body) => {
    await tamper(`update audit_event set actor = 'eve' where event_id = 3`);
    const { status } = await acknowledge(body);
    expect(status).toBe(400);
    expect(await found()).toMatchObject({ known: [] });
  });
});

describe('a seal that was put in far beyond the chain', () => {
  it('does not keep from the file what is sealed afterwards', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'record-'));
    try {
      await tamper(
        `insert into audit_seal (seal_no, event_id, event_at, event_hash, hash, sealed_at)
         select ${HUGE}, ${HUGE}, now(), hash, hash, now() from audit_seal where seal_no = 6`,
      );
      const path = join(folder, 'audit.ndjson');
      const deps = { sql: api.sql, clock: () => new Date() };
      await appendToFile(deps, path);
      await add(1);
      await verify();
      await appendToFile(deps, path);
      const lines = (await readFile(path, 'utf8')).trim().split('\n');
      expect(lines.map((line) => JSON.parse(line).seal_no)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('does not stop the sealing where it takes the number of an event that waits', async () => {
    await add(3);
    await tamper(
      `insert into audit_seal (seal_no, event_id, event_at, event_hash, hash, sealed_at)
       select 9, ${HUGE}, now(), hash, hash, now() from audit_seal where seal_no = 6`,
    );
    expect((await verify()).unsealed).toEqual([]);
    await add(3);
    expect(await verify()).toMatchObject({ unsealed: [], seals: 13 });
  });
});
