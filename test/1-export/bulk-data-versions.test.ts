import { afterAll, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import type { EhrSettings } from '../ehr/server.ts';
import { few, inLongRun } from '../long-run.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { condition, observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

async function site(options: SiteOptions = {}): Promise<Site> {
  const connection = { export_resource_types: ['Patient', 'Observation', 'Condition'] };
  const made = await world.site({ connection, ...options });
  made.ehr.load([patient('p'), observation('o', 'p'), condition('c', 'p')]);
  return made;
}

const kickOffs = (one: Site) => one.ehr.requests.filter(({ kind }) => kind === 'kick-off');
const VERSIONS: EhrSettings['bulkDataVersion'][] = [1, 2, 3, 4];

describe('a server of version', () => {
  few(it, 1).each(VERSIONS)('%i is spoken to as its CapabilityStatement says', async (bulkDataVersion) => {
    const one = await site({ bulkDataVersion });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
    clock.advance(60);
    one.ehr.put(observation('new', 'p'));
    one.ehr.remove('Condition', 'c');
    expect(await one.sync()).toMatchObject({ mode: 'incremental', records_extracted: 1, rows_deleted: 1 });
    expect(kickOffs(one).map(({ method }) => method)).toEqual(
      bulkDataVersion === 4 ? ['POST', 'POST'] : ['GET', 'GET'],
    );
  });

  few(it, 1).each([2, 3, 4] as const)(
    '%i takes a POST, where the connection wants that',
    async (bulkDataVersion) => {
      const one = await site({ bulkDataVersion, config: { kick_off_method: 'POST' } });
      expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
      expect(one.ehr.requests.filter(({ kind }) => kind === 'metadata')).toEqual([]);
    },
  );

  it('1 to 3 takes repeated parameters, where the connection wants them (Oracle Health refuses them)', async () => {
    const one = await site({ config: { list_style: 'repeat' } });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
    const query = new URL(kickOffs(one)[0]?.path ?? '', one.ehr.url).searchParams;
    expect(query.getAll('_type')).toEqual(['Patient', 'Observation', 'Condition']);
  });

  it('4 reports its errors as "outcome", which hold the watermark as "error" does', async () => {
    const one = await site({ bulkDataVersion: 4 });
    const errors = [{ resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', code: 'exception' }] }];
    one.ehr.faults.push({ on: 'kick-off', do: { errors } });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
    expect((await sql`select watermark from connection where connection_id = ${one.id}`)[0]).toEqual({
      watermark: null,
    });
  });

  inLongRun(it)('whose metadata cannot be had is asked as most servers are', async () => {
    for (const status of [401, 500]) {
      const one = await site();
      one.ehr.faults.push({ on: 'metadata', times: 9, do: { status, body: '<html>no</html>' } });
      expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
      expect(kickOffs(one).map(({ method }) => method)).toEqual(['GET']);
    }
  });
});

describe('a manifest of what is done so far', () => {
  it('is asked for where the connection wants it; its files are downloaded while the export goes on', async () => {
    const one = await site({
      bulkDataVersion: 3,
      polls: 2,
      config: { allow_partial_manifests: true, kick_off_method: 'POST' },
    });
    const runId = await one.start();
    const seen: unknown[] = [];
    await drain(world.deps, clock, async () => {
      for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps)) {
        await runJob(world.deps, next.name, next.job);
        const [files] = await sql`
          select count(*)::int as known, count(*) filter (where state = 'done')::int as here from export_file where run_id = ${runId}`;
        const [mapped] =
          await sql`select count(*)::int as n from chunk where run_id = ${runId} and state <> 'waiting'`;
        const { manifest_at, status } = await runOf(sql, runId);
        if (!manifest_at && status === 'downloading') seen.push({ ...files, mapping: mapped?.['n'] });
      }
    });
    expect(seen).toContainEqual({ known: 1, here: 1, mapping: 0 });
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 3, polls: 2 });
    // What was listed twice was fetched once.
    expect(one.ehr.requests.filter(({ kind }) => kind === 'file')).toHaveLength(3);
  });

  it('that comes unasked is left alone until the export is complete', async () => {
    const one = await site({ polls: 1 });
    one.ehr.faults.push({
      on: 'status',
      do: {
        status: 202,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ transactionTime: new Date().toISOString(), output: [] }),
      },
    });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3, polls: 2 });
  });

  it('whose next page is not done yet is read again when it is', async () => {
    const one = await site({ pageSize: 1 });
    one.ehr.faults.push({ on: 'status', skip: 1, do: { status: 202 } });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3, polls: 1 });
    expect(one.ehr.requests.filter(({ kind }) => kind === 'file')).toHaveLength(3);
  });
});

describe('the status of an export', () => {
  it('is what X-Export-Status says, whatever the status of the answer', async () => {
    const one = await site({ config: { separate_export_status: true } });
    one.ehr.faults.push({ on: 'status', do: { status: 200, headers: { 'x-export-status': '202' } } });
    expect(await one.sync()).toMatchObject({ status: 'completed', polls: 1 });
    one.ehr.faults.push({
      on: 'status',
      do: {
        status: 200,
        headers: { 'x-export-status': '500' },
        body: '{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]}',
      },
    });
    expect(await one.sync()).toMatchObject({ status: 'failed', error_code: 'export-failed' });
  });

  it('may take days and a new process: the time of the next question is in the database', async () => {
    const one = await site({ polls: 3, config: { limits: { poll_max_seconds: 86_400 } } });
    one.ehr.settings.retryAfter = '86400';
    const runId = await one.start();
    const started = clock().getTime();
    await drain(world.worker(), clock);
    const run = await runOf(sql, runId);
    expect(run).toMatchObject({ status: 'completed', polls: 3, records_loaded: 3 });
    expect(clock().getTime() - started).toBeGreaterThan(2.9 * 86_400_000);
    expect(kickOffs(one)).toHaveLength(1);
  });

  inLongRun(it)('may be out of reach for most of a day', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'status', times: 80, do: { status: 502, body: '<html>Bad Gateway</html>' } });
    const started = clock().getTime();
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 3 });
    expect(clock().getTime() - started).toBeGreaterThan(15 * 3_600_000);
  });
});

describe('the entries of a manifest', () => {
  it('may lack their type, and come with lines that only head a group (organizeOutputBy)', async () => {
    const one = await site();
    one.ehr.faults.push(
      {
        on: 'status',
        do: {
          manifest: (manifest) => ({
            ...manifest,
            output: [manifest['output']].flat().map((entry) => ({ url: Reflect.get(Object(entry), 'url') })),
          }),
        },
      },
      {
        ...{ on: 'file', times: 3 },
        do: {
          rewrite: (line, n) =>
            n === 0 ? `{"resourceType":"Parameters","parameter":[{"name":"header"}]}\n${line}` : line,
        },
      },
    );
    const run = await one.sync();
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 3,
      records_loaded: 3,
      records_failed: 0,
    });
  });

  it('may hold types that were not asked for, and resources of another type than they say', async () => {
    const one = await site({ connection: { export_resource_types: ['Patient', 'Condition'] } });
    const text = (line: object) => `${JSON.stringify(line)}\n`;
    one.ehr.faults.push({
      ...{ on: 'file', match: ({ path }) => path.includes('Condition') },
      do: {
        rewrite: (line) => line + text(observation('unasked', 'p')) + text({ resourceType: 'Flag', id: 'f' }),
      },
    });
    const run = await one.sync();
    expect(run).toMatchObject({
      status: 'completed',
      records_extracted: 4,
      records_loaded: 3,
      records_excluded: 1,
    });
  });

  inLongRun(it)('of what was deleted may be absolute, several in a Bundle', async () => {
    const one = await site();
    await one.sync();
    clock.advance(60);
    one.ehr.remove('Observation', 'o');
    one.ehr.remove('Condition', 'c');
    one.ehr.faults.push({
      ...{ on: 'file', match: ({ path }) => path.includes('deleted') },
      do: { rewrite: (line) => line.replaceAll('"url":"', `"url":"${one.ehr.url}/`) },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', rows_deleted: 2 });
    expect(await sql`select reason from failures where run_id = ${run['run_id']}`).toEqual([]);
  });
});

describe('resources that are cut down (SUBSETTED)', () => {
  inLongRun(it)('never replace complete ones', async () => {
    const one = await site();
    await one.sync();
    const before = await sql`select year_of_birth, gender_concept_id, person_source_value from person`;
    await sql`update connection set sync_config = ${sql.json({ allowed_networks: LOOPBACK, elements: ['birthDate'] })}, updated_at = now() where connection_id = ${one.id}`;
    clock.advance(60);
    const run = await one.sync();
    expect(run).toMatchObject({ mode: 'full', records_excluded: 3, records_loaded: 0 });
    expect(await sql`select reason from failures where run_id = ${run['run_id']}`).toEqual([]);
    expect(await sql`select year_of_birth, gender_concept_id, person_source_value from person`).toEqual(
      before,
    );
  });
});
