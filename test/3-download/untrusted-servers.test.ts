import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { openTestWorld, type World } from '../world/world.ts';

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return address && typeof address === 'object' ? address.port : 0;
}

describe('what a server says is not simply believed', () => {
  let world: World;
  beforeAll(async () => {
    world = await openTestWorld();
  });
  afterAll(() => world.close());

  it('keeps the token here when the status URL is on another host', async () => {
    const site = await world.site();
    const elsewhere = 'https://status.elsewhere.example/job/1';
    site.ehr.faults.push({ on: 'kick-off', times: 1, do: { headers: { 'content-location': elsewhere } } });
    const run = await site.sync();
    expect(run['status']).toBe('failed');
    expect(run['error_code']).toBe('token-host-foreign');
    expect(run['error_message']).toContain('status.elsewhere.example');
    expect(run['error_message']).toContain('sync_config.token_hosts');
  });

  it('repeats a kick-off that never reached the server, and does not call its outcome unknown', async () => {
    const site = await world.site({
      connection: { fhir_base_url: `http://127.0.0.1:${await closedPort()}/fhir` },
    });
    const run = await site.sync();
    expect(run['error_code']).toBe('network-unreachable');
    expect(run['kick_off_started_at']).toBeNull();
  });

  it('asks for no export while no vocabulary is loaded', async () => {
    const site = await world.site();
    await world.sql`update vocabulary_release set is_current = false`;
    const run = await site.sync();
    await world.sql`update vocabulary_release set is_current = true`;
    expect(run['error_code']).toBe('vocabulary-not-loaded');
    expect(site.ehr.requests.filter((request) => request.kind === 'kick-off')).toEqual([]);
  });

  it('holds the watermark when a data file says that it is not whole', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), observation('o', 'p')]);
    site.ehr.faults.push({ on: 'file', times: 1, do: { rewrite: firstLine('error') } });
    const run = await site.sync();
    expect(run['status']).toBe('completed');
    expect(run['records_failed']).toBe(1);
    expect(await watermark(site.id)).toBeNull();
    expect((await site.sync())['mode']).toBe('full');
    expect(await watermark(site.id)).not.toBeNull();
  });

  inLongRun(it)('does not hold the watermark for a remark in a data file', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), observation('o', 'p')]);
    site.ehr.faults.push({ on: 'file', times: 1, do: { rewrite: firstLine('information') } });
    const run = await site.sync();
    expect(await world.sql`select reason from failure where run_id = ${run['run_id']}`).toEqual([
      { reason: 'operation-outcome-note' },
    ]);
    expect(await watermark(site.id)).toBe(run['transaction_time']);
  });

  const firstLine = (severity: string) => (line: string, index: number) =>
    index === 0
      ? `${JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity, code: 'exception' }] })}\n`
      : line;

  async function watermark(id: number): Promise<string | null> {
    const [row] = await world.sql<{ watermark: string | null }[]>`
      select watermark from connection where connection_id = ${id}`;
    return row?.watermark ?? null;
  }
});
