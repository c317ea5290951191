/** The operator's verbs by the command line; the work that they ask for is done by nobody but the test. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, type RunRow } from '../world/world.ts';
import { commandHere } from './command-line.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const one = await world.site({ connection: { export_resource_types: ['Patient', 'Observation'] } });
one.ehr.load([patient('p'), patient('q'), observation('o', 'p'), observation('x', 'q')]);
const SITE = 'site-1';

async function cli(...args: string[]): Promise<string> {
  const settings = { url: world.database.url, encryptionKey: world.encryptionKey };
  const { code, said, errors } = await commandHere(settings, args);
  return code === 0 ? said + errors : `exit ${code}: ${said}${errors}`;
}

async function lastRun(): Promise<RunRow> {
  const [run] = await sql<RunRow[]>`
    select * from run where connection_id = ${one.id} order by run_id desc limit 1`;
  return run ?? {};
}

async function worked(): Promise<RunRow> {
  await drain(deps, clock);
  return await lastRun();
}

describe('by command line', () => {
  it('a sync that failed is retried from its checkpoint, and one that is live is cancelled', async () => {
    one.ehr.faults.push({ on: 'file', times: 99, do: { status: 404 } });
    expect(await cli('sync', SITE)).toContain('started (full)');
    const failed = await worked();
    expect(failed).toMatchObject({ status: 'failed', error_code: 'file-refused' });
    one.ehr.faults.length = 0;
    expect(await cli('retry', SITE)).toContain(`Run ${failed['run_id']} of "${SITE}" goes on`);
    expect(await worked()).toMatchObject({
      ...{ run_id: failed['run_id'], status: 'completed' },
      records_loaded: 4,
    });
    expect(one.ehr.requests.filter(({ kind }) => kind === 'kick-off')).toHaveLength(1);

    await cli('sync', SITE);
    expect(await cli('cancel', SITE)).toContain('is cancelled');
    expect(await worked()).toMatchObject({ status: 'cancelled' });
    expect(await cli('cancel', SITE)).toMatch(/^exit 1/);
  });

  it('some patients are synced now, by identifier or by id', async () => {
    const mrn = { identifier: [{ system: 'urn:mrn', value: 'MRN-Q' }] };
    one.ehr.load([patient('q', mrn), observation('fresh', 'q')]);
    const said = await cli('sync', SITE, '--patient', 'urn:mrn|MRN-Q', '--patient', 'Patient/q');
    expect(said).toContain('started (patients: 2)');
    expect(said).not.toContain('MRN-Q');
    expect(await worked()).toMatchObject({
      ...{ kind: 'patient', status: 'completed', triggered_by: expect.stringMatching(/^cli/) },
      ...{ records_extracted: 3, records_unchanged: 1, records_loaded: 2 },
    });
    expect(await cli('sync', SITE, '--patient', 'no id')).toMatch(/^exit 1/);
  });

  it('failures and parked ones are re-driven', async () => {
    expect(await cli('redrive', SITE, '--type', 'Observation')).toContain('maps what failed again');
    expect(await worked()).toMatchObject({ kind: 'redrive', status: 'completed' });
  });

  inLongRun(it)(
    'what vanished at the source is found, and removed once its number is confirmed',
    async () => {
      one.ehr.remove('Observation', 'o');
      await cli('reconcile', SITE);
      const { run_id } = await worked();
      expect(
        await cli('reconcile', SITE, '--confirm', String(run_id), '--vanished', '2', '--override'),
      ).toMatch(/^exit 1/);
      const confirmed = await cli(
        'reconcile',
        SITE,
        '--confirm',
        String(run_id),
        '--vanished',
        '1',
        '--override',
      );
      expect(confirmed).toContain('removes 1 vanished');
      expect(await worked()).toMatchObject({ status: 'completed', rows_deleted: 1 });
    },
  );

  it('a patient is purged, and the purge is listed without whom, and lifted', async () => {
    expect(await cli('purge', SITE, 'q', '--reason', 'opt-out')).toContain('is asked for');
    expect(await worked()).toMatchObject({ kind: 'purge', status: 'completed' });
    const [purge] = await sql`select purge_id from purge`;
    const listed = await cli('purge', SITE);
    expect(listed).toMatch(/done .*opt-out/);
    expect(await one.sync({ full: true })).toMatchObject({ records_excluded: 3 });
    expect(await cli('purge', SITE, '--lift', String(purge?.['purge_id']))).toContain('is lifted');
    expect(await cli('purge', SITE)).toContain('lifted');
    expect(await one.sync({ full: true })).toMatchObject({ records_loaded: 3 });
  });
});
