import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import type { FaultRule } from '../ehr/server.ts';
import { inLongRun } from '../long-run.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { type Content, contentOf } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  type RunRow,
  runOf,
  type Site,
  type SiteOptions,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;
const LINES = 60;

/** One Patient and a file of sixty Observations of some two kilobytes, in chunks of some eight lines. */
async function site(options: SiteOptions = {}): Promise<Site> {
  const { config, ...others } = options;
  const made = await world.site({ ...others, config: { limits: { chunk_bytes: 16_384 }, ...config } });
  made.ehr.put(patient('p'));
  for (let n = 0; n < LINES; n++)
    made.ehr.put(observation(`o${n}`, 'p', { note: [{ text: 'x'.repeat(1800) }] }));
  return made;
}

let undisturbed: Content | undefined;
beforeEach(async () => {
  if (undisturbed) return;
  const quiet = await site();
  await quiet.sync();
  undisturbed = await contentOf(sql, quiet.id);
});

const ofObservations = {
  on: 'file',
  match: ({ path }: { path: string }) => path.includes('Observation'),
} as const;

/** Cut after so many bytes; the connection closes with it, and not only when it has been idle for a while. */
const broken = (bytes: number) => ({ cut: bytes, headers: { connection: 'close' } });

async function syncWith(one: Site, ...faults: FaultRule[]): Promise<RunRow> {
  one.ehr.faults.push(...faults);
  const run = await one.sync();
  expect(one.ehr.faults).toEqual([]);
  return run;
}

/** Nothing lost, nothing doubled. */
async function whole(one: Site, run: RunRow, extracted = LINES + 1): Promise<void> {
  expect(run).toMatchObject({
    status: 'completed',
    records_extracted: extracted,
    records_loaded: extracted,
    records_failed: 0,
  });
  expect(await contentOf(sql, one.id)).toEqual(undisturbed);
}

const files = (one: Site) =>
  one.ehr.requests.filter(({ kind, path }) => kind === 'file' && path.includes('Observation'));

describe('a download', () => {
  inLongRun(it)('whose token has expired goes on with a new one', async () => {
    const one = await site({ gzip: false });
    const run = await syncWith(
      one,
      { ...ofObservations, do: broken(70_000) },
      { ...ofObservations, skip: 1, do: { expireTokens: true } },
    );
    await whole(one, run);
    expect(files(one).map(({ status }) => status)).toEqual([200, 401, 206]);
    expect(one.ehr.requests.filter(({ kind }) => kind === 'token')).toHaveLength(2);
  });

  it('that is cut is continued by Range, after the last committed byte', async () => {
    const one = await site({ gzip: false });
    const run = await syncWith(one, { ...ofObservations, times: 2, do: broken(65_000) });
    await whole(one, run);
    const asked = files(one).map(({ range, status }) => ({ range, status }));
    expect(asked).toHaveLength(3);
    expect(asked[0]).toEqual({ range: undefined, status: 200 });
    for (const { range, status } of asked.slice(1)) {
      expect(status).toBe(206);
      const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]);
      const [chunk] = await sql`select 1 from chunk where run_id = ${run['run_id']} and byte_start = ${from}`;
      expect(chunk).toBeDefined();
    }
    expect(await sql`select 1 from export_file where run_id = ${run['run_id']} and restarts > 0`).toEqual([]);
  });

  inLongRun(it)('that is cut is continued where the server knows no Range, too', async () => {
    const one = await site({ gzip: false, range: false });
    await whole(one, await syncWith(one, { ...ofObservations, do: broken(65_000) }));
    expect(files(one).map(({ status }) => status)).toEqual([200, 200]);
    const other = await site({ gzip: false });
    const run = await syncWith(
      other,
      { ...ofObservations, do: broken(65_000) },
      { ...ofObservations, skip: 1, do: { ignoreRange: true } },
    );
    await whole(other, run);
    expect(files(other).map(({ range, status }) => [range !== undefined, status])).toEqual([
      [false, 200],
      [true, 200],
    ]);
  });

  it('of a compressed file that ends too early is noticed and repeated, not taken for a short file', async () => {
    const one = await site();
    const run = await syncWith(
      one,
      { ...ofObservations, times: 2, do: { truncate: 300 } },
      { ...ofObservations, skip: 2, do: broken(400) },
    );
    await whole(one, run);
    expect(files(one)).toHaveLength(4);
    expect(world.logged()).toContain('file-transfer-broken');
  });

  it('that is continued from another byte than was asked for is read from the beginning instead', async () => {
    const one = await site({ gzip: false });
    const run = await syncWith(
      one,
      { ...ofObservations, do: broken(65_000) },
      { ...ofObservations, skip: 1, do: { shiftRange: 100 } },
    );
    await whole(one, run);
    expect(files(one).map(({ range, status }) => [range !== undefined, status])).toEqual([
      [false, 200],
      [true, 206],
      [false, 200],
    ]);
  });

  inLongRun(it)('of a file that changed underneath starts anew', async () => {
    const one = await site({ gzip: false });
    const run = await syncWith(
      one,
      { ...ofObservations, do: broken(65_000) },
      { ...ofObservations, skip: 1, do: { changeFile: true } },
    );
    await whole(one, run);
    const [file] = await sql`
      select sum(restarts)::int as restarts, sum(lines_done)::int as lines from export_file where run_id = ${run['run_id']}`;
    expect(file).toEqual({ restarts: 1, lines: LINES + 1 });
    // What came of the file that was is counted and found where it stands in the file that is.
    const lost = await sql`
      select 1 from resource r
      where connection_id = ${one.id} and not exists (select 1 from chunk c where c.chunk_id = r.chunk_id)`;
    expect(lost).toEqual([]);
  });

  it('of a file that changes every time is given up; the run goes on and says so', async () => {
    const one = await site({ gzip: false });
    const another = (n: number): FaultRule => ({
      ...ofObservations,
      skip: n,
      do: { changeFile: true, rewrite: (line) => line.replace('{', `{"language":"${n}",`) },
    });
    one.ehr.faults.push(...[0, 1, 2, 3, 4, 5, 6, 7].map(another));
    const runId = await one.start();
    await drain(world.deps, world.clock, async () => {
      // Workers that must always stop: the download hands itself on after each chunk.
      for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps))
        await runJob(world.deps, next.name, next.job, () => true);
    });
    const run = await runOf(sql, runId);
    expect(run).toMatchObject({ status: 'completed' });
    const lost = await sql`
      select state, restarts, error_code from export_file where run_id = ${runId} and resource_type = 'Observation'`;
    expect(lost).toEqual([{ state: 'failed', restarts: 3, error_code: 'file-keeps-changing' }]);
    const [connection] = await sql`select watermark from connection where connection_id = ${one.id}`;
    expect(connection).toEqual({ watermark: null });
  });

  it('that the server puts off is tried again when it says', async () => {
    const one = await site();
    const before = world.clock().getTime();
    const run = await syncWith(one, {
      ...ofObservations,
      do: { status: 503, headers: { 'retry-after': '90' } },
    });
    await whole(one, run);
    expect(world.clock().getTime() - before).toBeGreaterThan(85_000);
  });
});

describe('the token', () => {
  it('does not cross a redirect to another host', async () => {
    const one = await site();
    await whole(one, await syncWith(one, { on: 'file', times: 2, do: { redirect: true } }));
    const elsewhere = one.ehr.requests.filter(({ host }) => host === 'other');
    expect(elsewhere.map(({ authorization, status }) => ({ authorization, status }))).toEqual([
      { authorization: false, status: 200 },
      { authorization: false, status: 200 },
    ]);
  });

  it('is not sent to another host that the manifest names, unless the connection lists it', async () => {
    for (const listed of [false, true]) {
      const one = await world.site();
      one.ehr.put(patient('p'));
      const files = await site();
      const elsewhere = new URL(files.ehr.url).host;
      if (listed)
        await sql`update connection set sync_config = ${sql.json({ allowed_networks: LOOPBACK, token_hosts: [elsewhere] })} where connection_id = ${one.id}`;
      const run = await syncWith(one, {
        on: 'status',
        do: {
          manifest: (manifest) => ({
            ...manifest,
            output: [{ type: 'Patient', url: `${files.ehr.url}/bulkfiles/x/1.Patient.ndjson` }],
          }),
        },
      });
      expect(run).toMatchObject({ status: 'failed', error_code: 'file-refused' });
      const asked = files.ehr.requests.filter(({ kind }) => kind === 'file');
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.every(({ authorization }) => authorization === listed)).toBe(true);
    }
  });

  it('is not sent for files that need none', async () => {
    const one = await site();
    const run = await syncWith(one, {
      on: 'status',
      do: { manifest: (manifest) => ({ ...manifest, requiresAccessToken: false }) },
    });
    // The simulated EHR wants one all the same, which shows that none came.
    expect(run).toMatchObject({ status: 'failed', error_step: 'download', error_code: 'file-refused' });
    const asked = one.ehr.requests.filter(({ kind }) => kind === 'file');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ authorization }) => !authorization)).toBe(true);
  });
});
