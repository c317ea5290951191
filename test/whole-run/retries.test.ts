/** A run that is being tried again says why, as long as it is, and never longer. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { cancelRun } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site, startNextDeferred } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

async function site(options: Parameters<typeof world.site>[0] = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), observation('o', 'p')]);
  return made;
}

/** What is ready now; what is deferred stays so. */
const work = () => tick(deps, () => false);

async function retryOf(runId: number): Promise<RunRow> {
  const [row] = await sql<RunRow[]>`
    select retry_step as step, retry_code as code, retry_message as message, retry_attempt as attempt,
      retry_next_at as next_at, retry_steps as steps
    from run_metrics where run_id = ${runId}`;
  return row ?? {};
}

/** Where nobody listens (any more). */
async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
}

const NOTHING = { step: null, code: null, message: null, attempt: null, next_at: null, steps: null };

describe('a run that is tried again', () => {
  it('tells a kick-off that is refused for now: reason, attempt and next time', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'kick-off', do: { status: 429, headers: { 'retry-after': '120' } } });
    const runId = await one.start();
    const before = clock();
    await work();
    expect(await runOf(sql, runId)).toMatchObject({ status: 'exporting', error_code: null });
    expect(await retryOf(runId)).toEqual({
      ...{ step: 'export', code: 'kick-off-throttled', attempt: 1, steps: 1 },
      message: expect.stringContaining('429'),
      next_at: new Date(before.getTime() + 120_000),
    });
    await drain(deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(await retryOf(runId)).toEqual(NOTHING);
  });

  it('tells an EHR that cannot be reached after the first try, and how often it was tried', async () => {
    const nobody = await closedPort();
    const one = await site({
      connection: { fhir_base_url: `${nobody}/fhir`, token_endpoint: `${nobody}/token` },
    });
    const runId = await one.start();
    await work();
    expect(await retryOf(runId)).toMatchObject({ step: 'export', attempt: 1, code: 'network-unreachable' });
    await startNextDeferred(sql, clock);
    await work();
    expect(await retryOf(runId)).toMatchObject({ attempt: 2, steps: 1 });
    const [health] = await sql`select health, reasons from connection_health where connection_id = ${one.id}`;
    expect(health).toMatchObject({
      health: 'never-synced',
      reasons: [{ code: 'never-synced' }, { code: 'run-retrying', subject: 'export', run_id: runId }],
    });
    await cancelRun(deps, { connection_id: one.id, run_id: runId });
    expect(await retryOf(runId)).toEqual(NOTHING);
    expect(await sql`select 1 from run_retry where run_id = ${runId}`).toEqual([]);
  });

  inLongRun(it)(
    'keeps what one file is tried again for while another succeeds, also a server that wants fewer requests',
    async () => {
      const one = await site();
      const of = (type: string) => ({ match: ({ path }: { path: string }) => path.includes(type) });
      one.ehr.faults.push({
        on: 'file',
        ...of('Observation'),
        do: { status: 429, headers: { 'retry-after': '30' } },
      });
      const runId = await one.start();
      await work();
      await startNextDeferred(sql, clock);
      await work();
      const files =
        await sql`select resource_type, state from export_file where run_id = ${runId} order by 1 desc`;
      expect(files).toEqual([
        { resource_type: 'Patient', state: 'done' },
        { resource_type: 'Observation', state: 'queued' },
      ]);
      expect(await retryOf(runId)).toMatchObject({ step: 'download', code: 'file-throttled', steps: 1 });
      await drain(deps, clock);
      expect(await runOf(sql, runId)).toMatchObject({ status: 'completed' });
      expect(await retryOf(runId)).toEqual(NOTHING);
    },
  );

  it('has only its error left once it has failed', async () => {
    const one = await site();
    one.ehr.faults.push(
      { on: 'status', do: { status: 500 } },
      { on: 'status', skip: 1, do: { status: 404 } },
    );
    const runId = await one.start();
    await work();
    expect(await retryOf(runId)).toMatchObject({ step: 'poll', code: 'export-status-unavailable' });
    await drain(deps, clock);
    const run = await runOf(sql, runId);
    expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'export-gone' });
    expect(await retryOf(run['run_id'])).toEqual(NOTHING);
  });
});
