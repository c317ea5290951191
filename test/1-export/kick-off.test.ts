import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { runJob } from '../../jobs/workers.ts';
import { refusal } from '../4-map/refusal.ts';
import type { Deed } from '../ehr/server.ts';
import { few, inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

async function site(options: Parameters<typeof world.site>[0] = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), observation('o', 'p')]);
  return made;
}

const kickOffs = (one: Site) => one.ehr.requests.filter(({ kind }) => kind === 'kick-off');

describe('the next poll', async () => {
  const one = await site({ config: { limits: { poll_min_seconds: 2, poll_max_seconds: 600 } } });
  const from = (seconds: number) => clock().getTime() + seconds * 1000;

  few(it, 2).each<[what: string, header: () => string | undefined, seconds: number]>([
    ['seconds', () => '120', 120],
    ['an HTTP date', () => new Date(from(90)).toUTCString(), 90],
    ['zero, which is raised to the least', () => '0', 2],
    ['a year, which is lowered to the most', () => '31536000', 600],
    ['nothing', () => undefined, 2],
    ['epoch milliseconds', () => String(from(45)), 45],
    ['epoch seconds', () => String(Math.floor(from(300) / 1000)), 300],
    ['a date in the past', () => new Date(from(-3600)).toUTCString(), 2],
    ['a negative number', () => '-5', 2],
    ['nonsense', () => 'soon', 2],
  ])('comes as Retry-After says: %s', async (_, header, seconds) => {
    Object.assign(one.ehr.settings, { polls: 1, retryAfter: header() });
    const runId = await one.start();
    const asked = clock().getTime();
    for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps)) {
      await runJob(world.deps, next.name, next.job);
      if (next.name === 'poll') break;
    }
    const run = await runOf(sql, runId);
    expect(run).toMatchObject({ status: 'exporting', polls: 1, export_progress: '50%' });
    // Dates have full seconds.
    expect((run['next_poll_at'].getTime() - asked) / 1000).toBeGreaterThan(seconds - 1.001);
    expect((run['next_poll_at'].getTime() - asked) / 1000).toBeLessThanOrEqual(seconds);
    const [job] = await sql`
      select extract(epoch from start_after - created_on)::float8 as delay from pgboss.job
      where name = 'sync-poll' and state = 'created'`;
    expect(job?.['delay']).toBeGreaterThan(seconds - 1.001);
    expect(job?.['delay']).toBeLessThanOrEqual(seconds + 0.001);
    await drain(world.deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', next_poll_at: null });
  });

  inLongRun(it)(
    'comes later and later where the server says nothing, and the export fails when it takes too long',
    async () => {
      const slow = await site({
        polls: 10_000,
        config: { limits: { poll_min_seconds: 1, export_max_hours: 1 } },
      });
      slow.ehr.settings.retryAfter = undefined;
      const run = await slow.sync();
      expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'export-too-long' });
      expect(run['polls']).toBeGreaterThan(20);
      expect(run['polls']).toBeLessThan(60);
    },
  );
});

describe('a kick-off', () => {
  few(it, 1).each([403, 400, 404, 422])(
    'that is refused with %i fails the run with the codes of what the server said',
    async (status) => {
      const one = await site();
      one.ehr.faults.push({ on: 'kick-off', do: refusal(status) });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'failed', error_step: 'export', error_code: 'kick-off-refused' });
      expect(run['error_message']).toMatch(
        new RegExp(
          `refused the export with ${status}: OperationOutcome \\(error [a-z-]+; its words are withheld, see retention`,
        ),
      );
      expect(kickOffs(one)).toHaveLength(1);
      expect(await one.sync()).toMatchObject({ status: 'completed' });
    },
  );

  it('that is refused as a page is told by its status, kind and length, without its text', async () => {
    const one = await site();
    one.ehr.faults.push({
      on: 'kick-off',
      do: { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Dear Jane Doe</html>' },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_code: 'kick-off-refused' });
    expect(run['error_message']).toMatch(/with 403: 26 bytes of text\/html/);
    expect(run['error_message']).not.toContain('Jane');
  });

  it('that is refused with 405 is made once more by POST, unless the connection wants GET', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'kick-off', match: ({ method }) => method === 'GET', do: refusal(405) });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(kickOffs(one).map(({ method }) => method)).toEqual(['GET', 'POST']);
    const other = await site({ config: { kick_off_method: 'GET' } });
    other.ehr.faults.push({ on: 'kick-off', do: refusal(405) });
    expect(await other.sync()).toMatchObject({ status: 'failed', error_code: 'kick-off-refused' });
    expect(kickOffs(other)).toHaveLength(1);
  });

  it('that is put off until a date beyond measure is tried again within a day', async () => {
    const one = await site();
    one.ehr.faults.push(
      { on: 'kick-off', do: { status: 429, headers: { 'retry-after': '31536000' } } },
      { on: 'kick-off', skip: 1, do: { status: 503, headers: { 'retry-after': '-1' } } },
      { on: 'kick-off', skip: 2, do: { status: 429, headers: { 'retry-after': '0' } } },
    );
    const before = clock().getTime();
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    const days = (clock().getTime() - before) / 86_400_000;
    expect(days).toBeGreaterThan(0.99);
    expect(days).toBeLessThan(1.1);
  });

  it('that is refused with 401 is made again with a new token, once', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'kick-off', do: { expireTokens: true } });
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    const other = await site();
    other.ehr.faults.push({ on: 'kick-off', times: 9, do: { status: 401 } });
    expect(await other.sync()).toMatchObject({ status: 'failed', error_code: 'kick-off-refused' });
    expect(kickOffs(other)).toHaveLength(2);
  });

  it('that is put off with 429 or 503 waits as long as the server says', async () => {
    const one = await site();
    one.ehr.faults.push(
      { on: 'kick-off', do: { status: 429, headers: { 'retry-after': '7200' } } },
      { on: 'kick-off', skip: 1, do: { status: 503 } },
    );
    const before = clock().getTime();
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    expect(clock().getTime() - before).toBeGreaterThan(7_190_000);
    expect(kickOffs(one)).toHaveLength(3);
  });

  inLongRun(it)(
    "that comes too early for Epic's one export a day is a scheduled wait, not a failure",
    async () => {
      const one = await site();
      const diagnostics = 'Request not allowed: The Client requested this Group too recently.';
      const body = {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'business-rule', diagnostics }],
      };
      one.ehr.faults.push({ on: 'kick-off', times: 5, do: { status: 400, body: JSON.stringify(body) } });
      const before = clock().getTime();
      const run_id = await one.start();
      await tick(world.deps, () => false);
      const waiting = await runOf(sql, run_id);
      expect(waiting['status']).toBe('exporting');
      expect(waiting['next_poll_at'].getTime()).toBe(before + 4 * 3600 * 1000);
      await drain(world.deps, clock);
      expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed', next_poll_at: null });
      expect(clock().getTime() - before).toBeGreaterThan(19 * 3600 * 1000);
      expect(kickOffs(one)).toHaveLength(6);
    },
  );

  few(it, 1).each(['before', 'after'] as const)(
    'whose answer is lost (the connection cut %s the work) is not made twice: the run fails and says why',
    async (drop) => {
      const one = await site();
      one.ehr.faults.push({ on: 'kick-off', do: { drop } });
      const run = await one.sync();
      expect(run).toMatchObject({
        status: 'failed',
        error_step: 'export',
        error_code: 'kick-off-outcome-unknown',
      });
      expect(kickOffs(one)).toHaveLength(1);
      expect(await one.sync()).toMatchObject({ status: 'completed' });
    },
  );

  few(it, 1).each([504, 502])(
    'that a gateway answers with %i may have reached the server: it is not made twice',
    async (status) => {
      const one = await site();
      const headers = { 'content-type': 'text/html' };
      one.ehr.faults.push({ on: 'kick-off', do: { status, headers, body: '<html>Gateway' } });
      expect(await one.sync()).toMatchObject({
        ...{ status: 'failed', error_step: 'export', error_code: 'kick-off-outcome-unknown' },
      });
      expect(kickOffs(one)).toHaveLength(1);
      // The server's own word is an answer: no job was made.
      one.ehr.faults.push({ on: 'kick-off', do: refusal(status) });
      expect(await one.sync()).toMatchObject({ status: 'completed' });
      expect(kickOffs(one)).toHaveLength(3);
    },
  );

  few(it, 1).each([
    ['the same worker', 0],
    ['another, since the first was taken for dead,', 1],
  ])('that is delivered to %s while it is under way is made once, and its answer counts', async (_, lost) => {
    const one = await site();
    const answer = Promise.withResolvers<void>();
    one.ehr.faults.push({ on: 'kick-off', do: { hold: answer.promise } });
    const runId = await one.start();
    const { name, job } = (await fetchOne(world.deps)) ?? expect.fail('no job');
    const first = runJob(world.deps, name, job);
    while (kickOffs(one).length === 0) await sql`select pg_sleep(0.01)`;
    // Handed on, a job has another number of tries, and the first claim of it is void.
    await sql`update pgboss.job set retry_count = retry_count + ${lost} where id = ${job.id}`;
    const second = runJob(world.worker(), name, { ...job, retryCount: job.retryCount + lost });
    await waitForLock();
    answer.resolve();
    await Promise.all([first, second]);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'exporting', error_code: null });
    await drain(world.deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(kickOffs(one)).toHaveLength(1);
  });

  async function waitForLock(): Promise<void> {
    for (let waits = false; !waits; ) {
      const rows = await sql`select pg_sleep(0.01) from pg_locks 
        where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`;
      waits = rows.length > 0;
    }
  }

  inLongRun(it)(
    'after a run that failed first releases the export of that run: some servers allow one at a time',
    async () => {
      const one = await site();
      one.ehr.faults.push({ on: 'file', times: 99, do: { status: 404 } });
      expect(await one.sync()).toMatchObject({ status: 'failed', server_released: null });
      one.ehr.faults.length = 0;
      expect(await one.sync()).toMatchObject({ status: 'completed' });
      const order = one.ehr.requests
        .filter(({ kind }) => kind === 'kick-off' || kind === 'delete')
        .map(({ kind, status }) => `${kind} ${status}`);
      expect(order).toEqual(['kick-off 202', 'delete 202', 'kick-off 202', 'delete 202']);
    },
  );

  it('that a dead worker may have made is not made again', async () => {
    const one = await site();
    const runId = await one.start();
    await sql`update run set status = 'exporting', kick_off_started_at = ${clock()} where run_id = ${runId}`;
    await drain(world.deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({
      status: 'failed',
      error_code: 'kick-off-outcome-unknown',
    });
    expect(kickOffs(one)).toHaveLength(0);
  });

  it('comes to nothing when the token endpoint does not know us', async () => {
    const one = await site({ connection: { client_id: 'stranger' } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'export', kick_off_started_at: null });
    expect(kickOffs(one)).toHaveLength(0);
  });
});

describe('a server that fails at the kick-off', () => {
  const page: Deed = { status: 500, headers: { 'content-type': 'text/html' }, body: '<html>Oops' };

  few(it, 1).each([page, refusal(500), { status: 500 }, { status: 599 }])(
    'is asked again after some minutes, and goes on when it is well: %j',
    async (deed) => {
      const one = await site();
      one.ehr.faults.push({ on: 'kick-off', times: 2, do: deed });
      const before = clock().getTime();
      expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2, error_code: null });
      expect(kickOffs(one)).toHaveLength(3);
      expect((clock().getTime() - before) / 60_000).toBeGreaterThan(9);
    },
  );

  inLongRun(it)(
    'is asked three times, since each may have begun an export; the words blame the server and no setting',
    async () => {
      const one = await site();
      one.ehr.faults.push({ on: 'kick-off', times: 99, do: refusal(500) });
      const run = await one.sync();
      expect(run).toMatchObject({
        status: 'failed',
        error_step: 'export',
        error_code: 'kick-off-server-error',
      });
      expect(run['error_message']).toMatch(
        /^The server itself failed at the kick-off, with 500: OperationOutcome \(error processing; its words/,
      );
      expect(run['error_message']).toContain('whether it has begun exports for us');
      expect(run['error_message']).not.toMatch(/[Cc]heck/);
      expect(kickOffs(one)).toHaveLength(3);
      one.ehr.faults.length = 0;
      expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2 });
    },
  );

  inLongRun(it)('only where its Group is asked for its members goes on without them', async () => {
    const one = await site({
      connection: { group_id: 'everybody' },
      config: { group_membership: 'request' },
    });
    one.ehr.faults.push({
      ...{ on: 'kick-off', times: 99, match: ({ path }) => path.includes('_elements') },
      do: refusal(500),
    });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(kickOffs(one)).toHaveLength(4);
  });

  it('with 501 or a redirect is told what to set', async () => {
    for (const [status, words] of [
      [501, 'no such operation'],
      [308, 'set fhir_base_url'],
    ] as const) {
      const one = await site();
      one.ehr.faults.push({
        on: 'kick-off',
        do: { status, headers: { location: 'https://other.example/' } },
      });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'failed', error_code: 'kick-off-refused' });
      expect(run['error_message']).toContain(words);
    }
  });
});
