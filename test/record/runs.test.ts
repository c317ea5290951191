import { afterAll, describe, expect, it } from 'vitest';
import { readConnection } from '../../jobs/connection/connection.ts';
import { recordingTokens } from '../../jobs/record-key-use.ts';
import { SCHEDULE } from '../../jobs/run/start-run.ts';
import { applySchedules } from '../../jobs/schedule/apply-schedules.ts';
import { runJob } from '../../jobs/workers.ts';
import { LONG_RUN } from '../long-run.ts';
import { startRun } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;
const deps = { ...world.deps, tokens: recordingTokens(world.deps, world.deps.tokens) };

const since = async () =>
  (await sql<{ last: number }[]>`select coalesce(max(event_id), 0) as last from audit_event`)[0]?.last ?? 0;
const events = (after: number) => sql`
  select actor, via, action, object, outcome, details from audit_event where event_id > ${after} order by event_id`;

describe('a run', () => {
  it('leaves its end, and that the key was used, once', async () => {
    const site = await world.site({ population: { seed: 'record', patients: LONG_RUN ? 3 : 1 } });
    const after = await since();
    const { run_id } = await startRun(deps, { connection_id: site.id, triggered_by: 'test' });
    await drain(deps, clock);
    const worker = { actor: 'worker', via: 'worker', outcome: 'done' };
    expect(await events(after)).toEqual([
      {
        ...worker,
        action: 'key.use',
        object: `connection/${site.id}`,
        details: { run_id, kind: 'private-key' },
      },
      {
        ...worker,
        action: 'run.complete',
        object: `run/${run_id}`,
        details: { connection_id: site.id, kind: 'export' },
      },
    ]);
    site.ehr.expireTokens();
    clock.advance(3600);
    const again = await since();
    const next = await startRun(deps, { connection_id: site.id, triggered_by: 'test' });
    await drain(deps, clock);
    const later = await events(again);
    expect(later.map((one) => [one['action'], one['object']])).toEqual([
      ['key.use', `connection/${site.id}`],
      ['run.complete', `run/${next.run_id}`],
    ]);
  });

  it('that fails leaves the code of the error, and none of its words', async () => {
    const site = await world.site();
    site.ehr.faults.push({ on: 'kick-off', do: { status: 403 } });
    const after = await since();
    const run = await site.sync();
    expect((await events(after)).at(-1)).toEqual({
      ...{
        actor: 'worker',
        via: 'worker',
        action: 'run.fail',
        object: `run/${run['run_id']}`,
        outcome: 'failed',
      },
      details: { connection_id: site.id, step: 'export', error: run['error_code'] },
    });
  });

  it("that a schedule starts is recorded as the schedule's", async () => {
    const site = await world.site({ config: { schedule: { every_seconds: 3600 } } });
    await applySchedules(deps);
    const after = await since();
    clock.advance(3600);
    await sql`update pgboss.job set start_after = now() - interval '1 second' where name = 'sync-schedule'`;
    const found = await fetchOne(deps, ['schedule']);
    if (!found) throw new Error('nothing was sent');
    await runJob(deps, found.name, found.job);
    const [run] = await sql`select run_id, triggered_by from run where connection_id = ${site.id}`;
    expect(run?.['triggered_by']).toBe(SCHEDULE);
    expect(await events(after)).toMatchObject([
      { actor: 'schedule', via: 'cron', action: 'sync.start', object: `run/${run?.['run_id']}` },
    ]);
  });

  // Last, since its runs stay where they are.
  it('tells a key, whether entered or made here, from a client secret', async () => {
    const stored = { private_key_sealed: null, signing_key_sealed: null, client_secret_sealed: 'x' };
    const kinds: unknown[] = [];
    for (const key of [{ private_key_sealed: 'x' }, { signing_key_sealed: 'x' }, {}]) {
      const site = await world.site({ population: { seed: 'kinds', patients: 1 } });
      await site.start();
      const after = await since();
      const connection = { ...(await readConnection(sql, site.id)), ...stored, ...key };
      const source = {
        get: async () => ({ token: 't', expiresAt: clock(), scope: '', notGranted: [] }),
        forget: () => {},
      };
      await recordingTokens(deps, { of: () => source })
        .of(connection)
        .get();
      kinds.push((await events(after))[0]?.['details']);
    }
    expect(kinds).toMatchObject([
      { kind: 'private-key' },
      { kind: 'private-key' },
      { kind: 'client-secret' },
    ]);
  });
});
