/** What people see of a run and its connection that are not well: at the end of a sync or import, and in status. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { progressLine, type Run } from '../../app/cli/watch.ts';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld } from '../world/world.ts';
import { commandHere, commandLine } from './command-line.ts';

const world = await openTestWorld();
const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-report-'));
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

async function cli(...words: string[]): Promise<string> {
  const settings = { url: world.database.url, encryptionKey: world.encryptionKey };
  const { said, errors } = await commandHere(settings, words);
  return said + errors;
}

describe('the command line', () => {
  it('says at the end of an import, and in status, why a connection is degraded', async () => {
    const lines = [observation('a', 'nobody'), observation('b', 'nobody')].map((one) => JSON.stringify(one));
    await writeFile(join(folder, 'Observation.ndjson'), `${[...lines, 'no JSON'].join('\n')}\n`);
    const said = await cli('import', folder, '--site', 'files');
    const why = [
      '"files" is degraded:',
      '  ! many-failures: 1 resource, 1 % or more of what there is, should be in the CDM and is not:',
      '  ! many-parked: 2 resources, a third or more of what there is, wait for a Patient that has not arrived.',
    ];
    for (const line of why) expect(said).toContain(line);
    expect(said).toMatch(/3 extracted = .* 1 failed \+ 2 parked {2}✓/);
    const status = await cli('status');
    expect(status).toMatch(/files +degraded +completed/);
    for (const line of why) expect(status).toContain(line);
  });

  inLongRun(it)('says why a watched sync waits, then notices, and deletions apart from the sum', async () => {
    const one = await world.site({ config: { limits: { poll_min_seconds: 0 } } });
    one.ehr.load([patient('p'), observation('o', 'p'), observation('q', 'p')]);
    await one.sync();
    one.ehr.put(observation('o', 'p', { note: [{ text: 'again' }] }));
    one.ehr.remove('Observation', 'q');
    const remark = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'warning', code: 'informational' }],
    };
    one.ehr.faults.push(
      { on: 'kick-off', do: { status: 429, headers: { 'retry-after': '1' } } },
      { on: 'kick-off', skip: 1, do: { errors: [remark] } },
    );
    const said = await cli('sync', 'site-1', '--watch');
    expect(said).toMatch(/try 1 of export failed \(kick-off-throttled\), next \d\d:\d\d:\d\dZ: /);
    expect(said).toMatch(
      /1 extracted = 0 unchanged \+ 1 loaded \+ 0 excluded .* ✓\n {2}1 removed from the CDM/,
    );
    expect(said).toMatch(
      /What was removed from the CDM\n.*\n.*\n +Observation +removed +deleted-at-source +1/,
    );
    expect(said).toMatch(/Notices\n {2}server-remark \(warning informational\): The server said this/);
    expect(said).toContain('"site-1" is healthy.');
    const status = await cli('status', 'site-1');
    expect(status).toMatch(/Notices of run \d+ \(site-1\)\n {2}server-remark/);
    expect(status).not.toContain('No worker runs');
  });

  inLongRun(it)(
    'leaves a watched run by a signal, says that it goes on, and attaches to it again',
    async () => {
      const three = await world.site();
      three.ehr.load([patient('p')]);
      three.ehr.faults.push({ on: 'kick-off', do: { status: 429, headers: { 'retry-after': '3600' } } });
      const [{ site_key }] = await world.sql<[{ site_key: string }]>`
      select site_key from connection where connection_id = ${three.id}`;
      const settings = { url: world.database.url, encryptionKey: world.encryptionKey };
      const left = await commandLine(settings, ['sync', site_key, '--watch'], {
        endAt: /try 1 of export/,
      });
      expect({ code: left.code, errors: left.errors }).toEqual({ code: 143, errors: left.errors });
      expect(left.errors).toMatch(/Left\. What was started goes on .*cli -- watch site-\d/);
      expect(left.said + left.errors).not.toContain('\u001b');
      const [run] = await world.sql`select status from run where connection_id = ${three.id}`;
      expect(['pending', 'exporting']).toContain(run?.['status']);
      const again = commandLine(settings, ['watch', site_key]);
      await drain(world.deps, world.clock);
      expect(await again).toMatchObject({ code: 0, said: expect.stringContaining('1 extracted = ') });
    },
  );

  inLongRun(it)(
    'says that nobody works while a run waits, and whether somebody takes up what was started',
    async () => {
      await world.sql`update pgboss.version set cron_on = now() - interval '1 hour'`;
      expect(await cli('sync', 'site-1')).toContain(
        'It waits for a worker, and none runs: npm start, or npm run work.',
      );
      expect(await cli('status')).toMatch(
        /No worker runs \(the last was seen 20.* UTC\), so what is live does not get on/,
      );
      expect(await cli('cancel', 'site-1')).toContain('is cancelled');
      await world.sql`update pgboss.version set cron_on = now()`;
      expect(await cli('sync', 'site-1')).toContain('A worker takes it up.');
    },
  );
});

describe('the bar of a run', () => {
  const file = (kind: string, lines: number) => ({
    ...{ file_no: 1, kind, type: null, state: 'done', bytes: 1, lines, expected_count: null },
    ...{ finished_at: null, error: null },
  });
  const run = (status: Run['status'], files: Run['files']) =>
    progressLine({
      ...{ run_id: 1, status, files, records_extracted: 70, records_written: 70, duration_seconds: 1 },
      ...{ export_progress: null, next_poll_at: null, retrying: null },
    } as Run);

  it('is full when the run is complete, whatever else than resources its files held', () => {
    expect(run('completed', [file('output', 100)])).toContain('█'.repeat(20));
  });

  it('is of the files with resources while the run is live', () => {
    expect(run('processing', [file('output', 100), file('deleted', 40)])).toContain(
      `${'█'.repeat(14)}${'░'.repeat(6)} `,
    );
  });
});
