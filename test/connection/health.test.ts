/** How a connection is doing, in one word and with its reasons: the view that API, command line and alerts read. */
import { afterAll, describe, expect, it } from 'vitest';
import { HOLDING } from '../../jobs/lines/failure-reasons.ts';
import { refusal } from '../4-map/refusal.ts';
import { inLongRun } from '../long-run.ts';
import { condition, observation, patient } from '../world/record.ts';
import { cancelRun } from '../world/verbs.ts';
import { openTestWorld, type RunRow, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

async function site(options: Parameters<typeof world.site>[0] = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), observation('o', 'p'), condition('c', 'p')]);
  return made;
}

async function healthOf(one: Site): Promise<RunRow> {
  const [row] = await sql<RunRow[]>`select * from connection_health where connection_id = ${one.id}`;
  return row ?? {};
}

async function inShort(one: Site): Promise<[health: string, ...reasons: string[]]> {
  const { health, reasons } = await healthOf(one);
  return [
    health,
    ...reasons.map((reason: RunRow) => [reason['code'], reason['subject']].filter(Boolean).join(' ')),
  ];
}

async function openAlerts(one: Site): Promise<RunRow[]> {
  return await sql<RunRow[]>`
    select kind, subject, measured from alerts where connection_id = ${one.id} and state = 'open' order by kind`;
}

const OUTCOME = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };
const ofObservations = { match: ({ path }: { path: string }) => path.includes('Observation') };

describe('a connection', () => {
  inLongRun(it)('is healthy when its last sync brought everything, and says nothing then', async () => {
    const one = await site();
    await one.sync();
    expect(await inShort(one)).toEqual(['healthy']);
    expect(await sql`select 1 from health_reasons where connection_id = ${one.id}`).toEqual([]);
  });

  it('was never synced while no sync was completed, also when one was cancelled or is under way', async () => {
    const one = await site();
    expect(await inShort(one)).toEqual(['never-synced', 'never-synced']);
    const run_id = await one.start();
    expect(await healthOf(one)).toMatchObject({
      health: 'never-synced',
      reasons: [{ run_id, message: `No sync has been completed yet; run ${run_id} is under way.` }],
    });
    await cancelRun(deps, { connection_id: one.id, run_id });
    expect(await healthOf(one)).toMatchObject({ health: 'never-synced', last_status: 'cancelled' });
  });

  inLongRun(it)('is failing after a run that failed, with its error and what to do', async () => {
    const one = await site();
    await one.sync();
    one.ehr.faults.push({ on: 'kick-off', do: refusal(403) });
    const run = await one.sync();
    expect(await healthOf(one)).toMatchObject({
      health: 'failing',
      reasons: [
        {
          ...{ code: 'run-failed', subject: 'kick-off-refused', run_id: run['run_id'] },
          message: expect.stringContaining(run['error_message']),
          todo: expect.stringContaining('retry the run'),
        },
      ],
    });
  });

  it('is paused when it is switched off, and by the circuit breaker, whatever else it is', async () => {
    const one = await site();
    await sql`update connection set is_active = false where connection_id = ${one.id}`;
    expect(await inShort(one)).toEqual(['paused', 'switched-off', 'never-synced']);
    await sql`
      update connection set is_active = true, failures_in_row = 3, paused_until = now() + interval '1 hour'
      where connection_id = ${one.id}`;
    expect(await healthOf(one)).toMatchObject({
      health: 'paused',
      reasons: [{ code: 'circuit-breaker', amount: 3 }, { code: 'never-synced' }],
    });
  });

  inLongRun(it)('is silent when a sync is overdue by its schedule, also while a run hangs', async () => {
    const one = await site();
    await one.sync();
    await sql`update connection set silent_after = now() - interval '1 minute' where connection_id = ${one.id}`;
    await one.start();
    expect(await inShort(one)).toEqual(['silent', 'connection-silent']);
  });

  it('is degraded where the server reports errors and a third waits for Patients that never came', async () => {
    const one = await site();
    one.ehr.faults.push(
      { on: 'kick-off', do: { errors: [OUTCOME, OUTCOME] } },
      { on: 'status', do: { manifest: (manifest) => withoutType(manifest, 'Patient') } },
    );
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_parked: 2, records_loaded: 0 });
    expect(await healthOf(one)).toMatchObject({
      health: 'degraded',
      watermark: null,
      reasons: [
        { code: 'many-parked', amount: 2, message: expect.stringContaining('wait for a Patient') },
        { code: 'server-reported-error', amount: 2, run_id: run['run_id'] },
        { code: 'watermark-held', message: expect.stringContaining('stays at the beginning') },
      ],
    });
    expect(await openAlerts(one)).toEqual([
      { kind: 'many-parked', subject: '', measured: 2 },
      { kind: 'watermark-held', subject: '', measured: null },
    ]);
    await one.sync();
    expect(await inShort(one)).toEqual(['healthy']);
    expect(await openAlerts(one)).toEqual([]);
  });

  it('is degraded by whatever holds the watermark, in a sentence for each reason that can', async () => {
    const one = await site();
    const { run_id } = await one.sync();
    await sql`update run set held_by = ${[...HOLDING]} where run_id = ${Number(run_id)}`;
    await sql`
      insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason)
      select c.connection_id, c.run_id, c.chunk_id, r.n, 'Observation', r.reason
      from (
        select run.connection_id, run_id, min(chunk_id) as chunk_id from run join chunk using (run_id)
        where run_id = ${Number(run_id)} group by run.connection_id, run_id
      ) c, unnest(${[...HOLDING]}::text[]) with ordinality as r(reason, n)`;
    const told = await sql<RunRow[]>`
      select code, message from health_reasons where connection_id = ${one.id} and subject = 'Observation'`;
    expect(told.map(({ code }) => code).toSorted()).toEqual(HOLDING.toSorted());
    const general = told.filter(({ message }) => message.startsWith('Something was not received'));
    expect(general.map(({ code }) => code)).toEqual([]);
  });

  it('has no sentence for a reason that does not hold the watermark', async () => {
    const [view] = await sql<{ text: string }[]>`
      select pg_get_viewdef('connection_health'::regclass) as text`;
    const [, values = ''] = /LEFT JOIN \( VALUES ([\s\S]*?)\) k\(reason, says\)/.exec(view?.text ?? '') ?? [];
    const named = [...values.matchAll(/\('([a-z0-9-]+)'::text/g)].map((match) => match[1]);
    expect(named.toSorted()).toEqual(HOLDING.toSorted());
  });

  inLongRun(it)('is degraded after a first sync of nothing', async () => {
    const one = await world.site();
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_extracted: 0 });
    expect(await healthOf(one)).toMatchObject({
      health: 'degraded',
      reasons: [{ code: 'nothing-received', todo: expect.stringContaining('group_id') }],
    });
    expect(await openAlerts(one)).toMatchObject([{ kind: 'nothing-received' }]);
    one.ehr.put(patient('p'));
    await one.sync();
    expect(await inShort(one)).toEqual(['healthy']);
    expect(await openAlerts(one)).toEqual([]);
  });

  inLongRun(it)('is degraded when a type that full syncs used to bring is not there any more', async () => {
    const one = await site({ connection: { incremental_enabled: false } });
    await one.sync();
    one.ehr.remove('Observation', 'o');
    const run = await one.sync();
    expect(await healthOf(one)).toMatchObject({
      health: 'degraded',
      reasons: [{ code: 'type-missing', subject: 'Observation', amount: 1, run_id: run['run_id'] }],
    });
    expect(await openAlerts(one)).toMatchObject([{ kind: 'type-missing', subject: 'Observation' }]);
    // Asked for other types, it is no wonder.
    await sql`update connection set export_resource_types = '{Patient,Condition}' where connection_id = ${one.id}`;
    await one.sync();
    expect(await inShort(one)).toEqual(['healthy']);
  });

  inLongRun(it)(
    'is degraded when a file that was announced with resources came empty, until a full sync brings it',
    async () => {
      const one = await site();
      await one.sync();
      one.ehr.put(observation('later', 'p'));
      one.ehr.faults.push({ on: 'file', times: 2, ...ofObservations, do: { rewrite: () => '' } });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', mode: 'incremental', records_extracted: 0 });
      expect(await inShort(one)).toEqual([
        ...(['degraded', 'fewer-lines-than-announced file 1', 'type-missing Observation'] as const),
      ]);
      expect(await openAlerts(one)).toMatchObject([{ kind: 'type-missing', subject: 'Observation' }]);
      // What is missing is not asked for again: an uneventful sync does not make it well.
      await one.sync();
      expect(await inShort(one)).toEqual(['degraded', 'fewer-lines-than-announced file 1']);
      await one.sync({ full: true });
      expect(await inShort(one)).toEqual(['healthy']);
    },
  );

  inLongRun(it)('is degraded while the server leaves scopes out', async () => {
    const one = await site({
      connection: { scopes: 'system/Patient.read system/Observation.read' },
      scopes: ['system/Patient.read'],
    });
    await one.sync();
    expect(await inShort(one)).toEqual(['degraded', 'scope-not-granted system/Observation.read']);
    one.grant(['system/Patient.read', 'system/Observation.read']);
    clock.advance(3600);
    await one.sync();
    expect(await inShort(one)).toEqual(['healthy']);
  });

  it('is degraded when 1 % or more should be in the CDM and is not, with the reasons in their order', async () => {
    const one = await site();
    one.ehr.load([
      condition('bad-1', 'p', { onsetDateTime: 'last year' }),
      condition('bad-2', 'p', { onsetDateTime: 'some day' }),
    ]);
    await one.sync();
    const health = await healthOf(one);
    expect(health).toMatchObject({
      ...{ health: 'degraded', records_failed_open: 2 },
      reasons: [
        {
          code: 'many-failures',
          amount: 2,
          message: expect.stringMatching(/^2 resources, .*date.* \(2\)\.$/),
        },
      ],
    });
    await sql`update run set records_loaded = 10000, records_extracted = 10002 where connection_id = ${one.id}`;
    expect(await inShort(one)).toEqual(['healthy']);
  });

  it('speaks of one as of one', async () => {
    const one = await site();
    one.ehr.load([condition('bad', 'p', { onsetDateTime: 'last year' }), observation('lost', 'nobody')]);
    await one.sync();
    // Its share is what counts; here it is all that there is.
    await sql`
      update run set records_extracted = records_extracted - records_loaded, records_loaded = 0, records_mapped = 0
      where connection_id = ${one.id}`;
    const { reasons } = (await healthOf(one)) as { reasons: { code: string; message: string }[] };
    expect(reasons.map(({ message }) => message.replace(/: .*/, ''))).toEqual([
      '1 resource, 1 % or more of what there is, should be in the CDM and is not',
      '1 resource, a third or more of what there is, waits for a Patient that has not arrived.',
    ]);
  });

  inLongRun(it)('keeps its coverage after a sync that found everything unchanged', async () => {
    const one = await site({ connection: { incremental_enabled: false } });
    await one.sync();
    const before = (await healthOf(one))['mapping_coverage'];
    expect(before).toBeGreaterThan(0);
    expect(await one.sync()).toMatchObject({ records_loaded: 0, records_unchanged: 3 });
    expect((await healthOf(one))['mapping_coverage']).toBe(before);
  });
});

function withoutType(manifest: Record<string, unknown>, type: string): Record<string, unknown> {
  const output = manifest['output'];
  if (!Array.isArray(output)) return manifest;
  return { ...manifest, output: output.filter((entry) => entry.type !== type) };
}
