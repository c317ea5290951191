import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { STEP_NAMES } from '../../jobs/step/queue.ts';
import { runJob } from '../../jobs/workers.ts';
import { refusal } from '../4-map/refusal.ts';
import type { Deed } from '../ehr/server.ts';
import { few, inLongRun } from '../long-run.ts';
import { contentOf, sizes } from '../world/content.ts';
import { encounter, observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

async function site(options: Parameters<typeof world.site>[0] = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), observation('o', 'p')]);
  return made;
}

async function watermarkOf(one: Site): Promise<string | null> {
  const [row] = await sql<
    { watermark: string | null }[]
  >`select watermark from connection where connection_id = ${one.id}`;
  return row?.watermark ?? null;
}

const kickOffs = (one: Site) => one.ehr.requests.filter(({ kind }) => kind === 'kick-off');
const html: Deed = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html>Please log in</html>',
};
describe('an export', () => {
  few(it, 1).each<[what: string, deed: Deed, code: string]>([
    ['that the server has forgotten', refusal(404), 'export-gone'],
    ['that the server has ended', refusal(500), 'export-failed'],
    ['whose manifest is a login page with status 200', html, 'manifest-unreadable'],
    [
      'whose manifest lacks transactionTime',
      { manifest: ({ transactionTime: _, ...rest }) => rest },
      'manifest-unreadable',
    ],
    [
      'whose manifest has a next page without an address',
      { manifest: (manifest) => ({ ...manifest, link: [{ relation: 'next' }] }) },
      'manifest-unreadable',
    ],
    [
      'whose manifest is an OperationOutcome',
      { manifest: () => JSON.parse(refusal(200).body ?? '') },
      'manifest-unreadable',
    ],
  ])('%s fails the run; the watermark stays, and the next sync makes up for it', async (_, deed, code) => {
    const one = await site();
    const first = await one.sync();
    const watermark = await watermarkOf(one);
    expect(watermark).toBe(first['transaction_time']);
    one.ehr.put(observation('new', 'p'));
    one.ehr.faults.push({ on: 'status', do: deed });
    expect(await one.sync()).toMatchObject({ status: 'failed', error_step: 'poll', error_code: code });
    expect(await watermarkOf(one)).toBe(watermark);
    const next = await one.sync();
    expect(next).toMatchObject({
      status: 'completed',
      since: watermark,
      records_extracted: 1,
      records_loaded: 1,
    });
    expect(await watermarkOf(one)).toBe(next['transaction_time']);
    expect(sizes(await contentOf(sql, one.id))).toMatchObject({ person: 1, measurement: 2 });
  });

  it('whose status cannot be had for a while goes on when it can', async () => {
    const one = await site();
    one.ehr.faults.push(
      { on: 'status', do: { status: 503, headers: { 'retry-after': '30' } } },
      { on: 'status', skip: 1, do: { drop: 'before' } },
      { on: 'status', skip: 2, do: { status: 429 } },
      { on: 'status', skip: 3, do: { status: 500 } },
      { on: 'status', skip: 4, do: { expireTokens: true } },
    );
    expect(await one.sync()).toMatchObject({ status: 'completed', error_code: null, records_loaded: 2 });
    expect(kickOffs(one)).toHaveLength(1);
  });

  it('that failed says step, code and message through the API, and nowhere where in the program', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'file', times: 9, do: { status: 410 } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'download', error_code: 'file-refused' });
    expect(run['error_message']).toContain('410');
    expect(JSON.stringify(run)).not.toContain('.ts:');
    const app = createApp({ ...world.deps, config: { adminToken: 'letmein' } });
    const answer = await app.request(`/api/v1/admin/fhir-connections/${one.id}/sync-runs/${run['run_id']}`, {
      headers: { authorization: 'Bearer letmein' },
    });
    expect(answer.status).toBe(200);
    const { status, error } = await answer.json();
    expect({ status, error }).toEqual({
      status: 'failed',
      error: { step: 'download', code: 'file-refused', message: run['error_message'] },
    });
    expect(await watermarkOf(one)).toBeNull();
    one.ehr.faults.length = 0;
    expect(await one.sync()).toMatchObject({ status: 'completed', mode: 'full' });
  });

  it('cannot be started while no vocabulary is loaded without saying so', async () => {
    const one = await site();
    await sql`update vocabulary_release set is_current = false`;
    try {
      expect(await one.sync()).toMatchObject({
        status: 'failed',
        error_step: 'export',
        error_code: 'vocabulary-not-loaded',
      });
    } finally {
      await sql`update vocabulary_release set is_current = true`;
    }
  });
});

describe('a manifest', () => {
  inLongRun(it)('may come in pages, with many files of a type; all of them are read', async () => {
    const one = await world.site({ pageSize: 2, maxPerFile: 3 });
    one.ehr.load([patient('p'), patient('q')]);
    for (let n = 0; n < 10; n++) one.ehr.load([observation(`o${n}`, 'p'), encounter(`e${n}`, 'q')]);
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_extracted: 22, records_loaded: 22 });
    // 1 of Patients, 4 of Observations, 4 of Encounters: five pages of two.
    expect(one.ehr.requests.filter(({ kind }) => kind === 'status')).toHaveLength(5);
    const [files] = await sql`
      select count(*)::int as n, count(distinct url)::int as urls from export_file where run_id = ${run['run_id']}`;
    expect(files).toEqual({ n: 9, urls: 9 });
  });

  it('with an error file of severity error lets the data in and holds the watermark; a warning does not', async () => {
    const one = await site();
    const says = (severity: string) => ({
      resourceType: 'OperationOutcome',
      issue: [{ severity, code: 'exception', diagnostics: 'the file of Conditions broke' }],
    });
    one.ehr.faults.push({ on: 'kick-off', do: { errors: [says('error'), says('warning')] } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect(await watermarkOf(one)).toBeNull();
    expect(
      await sql`select resource_type, reason, field from failures where run_id = ${run['run_id']}`,
    ).toEqual([{ resource_type: 'OperationOutcome', reason: 'server-reported-error', field: 'exception' }]);
    one.ehr.faults.push({ on: 'kick-off', do: { errors: [says('warning'), says('information')] } });
    const next = await one.sync();
    expect(next).toMatchObject({ status: 'completed', mode: 'full', records_unchanged: 2 });
    expect(await watermarkOf(one)).toBe(next['transaction_time']);
  });

  it('names deletions: rows go, ids that we never had do no harm, what cannot be read is held', async () => {
    const one = await site();
    one.ehr.put(observation('gone', 'p'));
    await one.sync();
    one.ehr.remove('Observation', 'gone');
    one.ehr.put(observation('never', 'p'));
    one.ehr.remove('Observation', 'never');
    one.ehr.faults.push({
      on: 'file',
      match: ({ path }) => path.includes('deleted'),
      do: { rewrite: (line) => `${line}not JSON\n` },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_extracted: 0, rows_deleted: 1 });
    expect(await sql`select reason from failures where run_id = ${run['run_id']}`).toEqual([
      { reason: 'deletion-unreadable' },
    ]);
    expect(await sql`select reason, resources from removals where run_id = ${run['run_id']}`).toEqual([
      { reason: 'deleted-at-source', resources: 1 },
    ]);
    expect(await watermarkOf(one)).not.toBe(run['transaction_time']);
    one.ehr.put(observation('gone', 'p'));
    const next = await one.sync();
    expect(next).toMatchObject({ records_extracted: 1, records_loaded: 1 });
    expect(await watermarkOf(one)).toBe(next['transaction_time']);
    expect(sizes(await contentOf(sql, one.id))).toMatchObject({ measurement: 2 });
  });

  inLongRun(it)(
    'names deletions, which may be pretty-printed after a BOM; those by search or of another method are held',
    async () => {
      const one = await site();
      for (const id of ['x', 'y', 'z']) one.ehr.put(observation(id, 'p'));
      await one.sync();
      one.ehr.remove('Observation', 'x');
      const bundle = (...requests: object[]) =>
        JSON.stringify(
          { resourceType: 'Bundle', type: 'transaction', entry: requests.map((request) => ({ request })) },
          null,
          2,
        );
      const lines = [
        bundle({ method: 'DELETE', url: 'Observation/x' }, { method: 'DELETE', url: 'Observation/y' }),
        bundle({ method: 'DELETE', url: 'Observation?code=1' }, { method: 'DELETE', url: 'Observation/z' }),
        bundle({ method: 'PUT', url: 'Observation/o' }),
        JSON.stringify({ resourceType: 'Bundle', type: 'transaction' }),
      ];
      one.ehr.faults.push({
        on: 'file',
        match: ({ path }) => path.includes('deleted'),
        do: { rewrite: (_, index) => (index === 0 ? `\uFEFF${lines.join('\n')}\n` : '') },
      });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', rows_deleted: 3 });
      expect(
        await sql`select reason, line from failures where run_id = ${run['run_id']} order by line`,
      ).toEqual([
        { reason: 'deletion-unreadable', line: 19 },
        { reason: 'deletion-unreadable', line: 37 },
      ]);
      expect(sizes(await contentOf(sql, one.id))).toMatchObject({ measurement: 1 });
      expect(await watermarkOf(one)).not.toBe(run['transaction_time']);
    },
  );

  inLongRun(it)(
    'names deletions in a file whose checksum tells at its end that they were wrong: none of those is made',
    async () => {
      const one = await site({ config: { limits: { chunk_bytes: 16_384 } } });
      // So long that the decoder delivers its beginning before it comes to the end.
      const more = `{"resourceType":"Bundle","entry":[]}\n`.repeat(2000);
      for (const id of ['x', 'y']) one.ehr.put(observation(id, 'p'));
      await one.sync();
      one.ehr.remove('Observation', 'x');
      let damaged = true;
      one.ehr.faults.push({
        on: 'file',
        times: 99,
        match: ({ path }) => damaged && path.includes('deleted'),
        do: { wrongChecksum: true, rewrite: (line) => line.replace('Observation/x', 'Observation/y') + more },
      });
      const runId = await one.start();
      // Everything that can be mapped is, before the damage is known.
      await drain(world.deps, world.clock, async () => {
        const next = () => fetchOne(world.deps, STEP_NAMES.toReversed());
        for (let job = await next(); job; job = await next()) {
          await runJob(world.deps, job.name, job.job, () => true);
          const [taken] = await sql`select 1 from export_file where run_id = ${runId} and restarts > 0`;
          damaged &&= taken === undefined;
        }
      });
      expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', rows_deleted: 1 });
      const rows = await sql`
      select fhir_id from resource where connection_id = ${one.id} and outcome <> 'loaded' order by fhir_id`;
      expect([damaged, rows]).toEqual([false, [{ fhir_id: 'x' }]]);
      expect(await watermarkOf(one)).not.toBeNull();
    },
  );
});
