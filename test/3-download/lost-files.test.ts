import { afterAll, describe, expect, it } from 'vitest';
import { selectRunParts } from '../../app/reads/runs.ts';
import type { FaultRule } from '../ehr/server.ts';
import { few, inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { retryRun } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;
const LINES = 12;

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site({ maxPerFile: 4, ...options });
  made.ehr.put(patient('p'));
  for (let n = 0; n < LINES; n++) made.ehr.put(observation(`o${n}`, 'p'));
  return made;
}

const watermarkOf = async (one: Site) =>
  (await sql`select watermark from connection where connection_id = ${one.id}`)[0]?.['watermark'];
const failuresOf = (run: RunRow) =>
  sql`select reason, field, file_no, resolved_at is not null as resolved from failures where run_id = ${run['run_id']}`;
const noticesOf = async (run: RunRow) =>
  (await selectRunParts(sql, run['run_id'])).notices.map(({ code, subject, amount }) => ({
    code,
    subject,
    amount,
  }));
const files = (one: Site) => one.ehr.requests.filter(({ kind }) => kind === 'file');
const statuses = (one: Site) => one.ehr.requests.filter(({ kind }) => kind === 'status');

/** One file of Observations, under whatever URL. */
const second = ({ path }: { path: string }) => path.includes('/2.Observation');
const gone = (status: number, match = second): FaultRule => ({
  on: 'file',
  times: 999,
  match,
  do: { status },
});
/** The manifest with other URLs, as a server renews them. */
const renewed: FaultRule['do'] = {
  manifest: (manifest) =>
    JSON.parse(JSON.stringify(manifest).replaceAll('.ndjson"', '.ndjson?signature=second"')),
};

describe('a file of an export that is not at its URL any more', () => {
  few(it, 1).each([400, 403, 404, 410])(
    '(%i) is fetched where the manifest, read once more, says that it is',
    async (status) => {
      const one = await site();
      one.ehr.faults.push(
        gone(status, (request) => second(request) && !request.path.includes('signature=second')),
        { on: 'status', skip: 1, do: renewed },
      );
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1, records_failed: 0 });
      expect(await watermarkOf(one)).toBe(run['transaction_time']);
      expect(statuses(one)).toHaveLength(2);
      // Those that were here already were not fetched again.
      expect(files(one).filter(({ status: answered }) => answered === 200)).toHaveLength(4);
    },
  );

  it('nor where the manifest says is given up alone: the others are loaded, and the watermark is held', async () => {
    const one = await site();
    one.ehr.faults.push(gone(410));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1 - 4, error_code: null });
    expect(await watermarkOf(one)).toBeNull();
    expect(statuses(one)).toHaveLength(2);
    expect(files(one).filter(second)).toHaveLength(2);
    expect(await failuresOf(run)).toEqual([
      { reason: 'file-lost', field: 'file-refused', file_no: 2, resolved: false },
    ]);
    expect(await noticesOf(run)).toEqual([{ code: 'file-lost', subject: '', amount: 1 }]);
    expect(world.logged()).toMatch(
      /"code":"file-refused","stack":"[^"]* at [^"]*","msg":"a file cannot be downloaded"/,
    );
    const { files: listed } = await selectRunParts(sql, run['run_id']);
    expect(listed.filter(({ state }) => state === 'failed')).toMatchObject([
      { file_no: 2, error: { code: 'file-refused', message: expect.stringContaining('410') } },
    ]);
    one.ehr.faults.length = 0;
    const next = await one.sync();
    expect(next).toMatchObject({ mode: 'full', records_loaded: 4, records_unchanged: LINES + 1 - 4 });
    expect(await watermarkOf(one)).toBe(next['transaction_time']);
    expect(await failuresOf(run)).toMatchObject([{ reason: 'file-lost', resolved: true }]);
  });

  inLongRun(it)('fails the run when it is true of all of them, and a retry takes them up again', async () => {
    const one = await site();
    one.ehr.faults.push(gone(404, () => true));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'download', error_code: 'file-refused' });
    one.ehr.faults.length = 0;
    await retryRun(world.deps, { connection_id: one.id, run_id: run['run_id'] });
    await drain(world.deps, world.clock);
    expect(await runOf(sql, run['run_id'])).toMatchObject({ status: 'completed', records_loaded: LINES + 1 });
    expect(await watermarkOf(one)).not.toBeNull();
    expect((await failuresOf(run)).filter(({ resolved }) => !resolved)).toEqual([]);
  });

  inLongRun(it)('is given up when the server has forgotten the export, too', async () => {
    const one = await site();
    one.ehr.faults.push(gone(410), { on: 'status', skip: 1, do: { status: 404 } });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: LINES + 1 - 4 });
    expect(await watermarkOf(one)).toBeNull();
  });

  inLongRun(it)(
    'is given up, too, when its transfer breaks off every time, and so is one that is longer than allowed',
    async () => {
      const one = await site();
      one.ehr.faults.push({ on: 'file', times: 999, match: second, do: { truncate: 30 } });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1 - 4 });
      expect(await failuresOf(run)).toMatchObject([{ reason: 'file-lost', field: 'file-damaged' }]);
      const other = await site({ config: { limits: { export_max_file_bytes: 1024 } } });
      const long = await other.sync();
      expect(long).toMatchObject({ status: 'completed', records_loaded: 1 });
      expect(await failuresOf(long)).toMatchObject(
        Array.from({ length: 3 }, () => ({ reason: 'file-lost', field: 'file-too-large' })),
      );
    },
  );
});

describe('a server that says 429 to downloads', () => {
  inLongRun(it)('is asked less often, as long as it takes, and nothing is given up', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'file', times: 60, do: { status: 429, headers: { 'retry-after': '0' } } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1, records_failed: 0 });
    expect(await failuresOf(run)).toEqual([]);
  });
});

describe('a plain file that ends in good order, but too early', () => {
  const cut = (bytes: number, times: number): FaultRule => ({
    ...{ on: 'file', times, match: second },
    do: { truncate: bytes },
  });

  it('is read once more, and is whole when the server has written the rest', async () => {
    const one = await site({ gzip: false });
    one.ehr.faults.push(cut(500, 1));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1, records_failed: 0 });
    expect(await noticesOf(run)).toEqual([]);
  });

  inLongRun(it)('in the middle of a line at both readings holds the watermark', async () => {
    const one = await site({ gzip: false, range: false });
    one.ehr.faults.push(cut(500, 2));
    const run = await one.sync();
    expect(run['status']).toBe('completed');
    expect(await failuresOf(run)).toEqual(
      expect.arrayContaining([expect.objectContaining({ reason: 'file-cut-short', file_no: 2 })]),
    );
    expect(await watermarkOf(one)).toBeNull();
    const next = await one.sync();
    expect(next).toMatchObject({ mode: 'full', records_failed: 0 });
    expect(await watermarkOf(one)).toBe(next['transaction_time']);
  });

  inLongRun(it)(
    'at the end of a line may only have been counted wrong: it is told, and held where the site wants that',
    async () => {
      for (const short_files of ['warn', 'hold']) {
        const one = await site({ gzip: false, config: { short_files } });
        one.ehr.faults.push({
          on: 'status',
          do: {
            manifest: (manifest) => ({
              ...manifest,
              output: [manifest['output']].flat().map((entry) => ({ ...Object(entry), count: 5 })),
            }),
          },
        });
        const run = await one.sync();
        expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1 });
        expect(await noticesOf(run)).toEqual([
          { code: 'fewer-lines-than-announced', subject: 'file 1', amount: 4 },
          ...[2, 3, 4].map((n) => ({ code: 'fewer-lines-than-announced', subject: `file ${n}`, amount: 1 })),
        ]);
        if (short_files === 'warn') expect(await watermarkOf(one)).toBe(run['transaction_time']);
        else expect(await watermarkOf(one)).toBeNull();
        // Each was read twice, and what was here was not taken twice.
        expect(files(one).length).toBeGreaterThanOrEqual(8);
      }
    },
  );

  inLongRun(it)('is believed where the manifest has no counts, or counts that are no numbers', async () => {
    const one = await site({ gzip: false });
    one.ehr.faults.push({
      on: 'status',
      do: {
        manifest: (manifest) => ({
          ...manifest,
          output: [manifest['output']]
            .flat()
            .map((entry, n) => ({ ...Object(entry), count: n % 2 ? null : 'many' })),
        }),
      },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1 });
    expect(files(one)).toHaveLength(4);
  });
});

describe('a count beside files that hold no resources', () => {
  inLongRun(it)('is no promise: server errors and deletions are read once, and nothing is told', async () => {
    const one = await site();
    await one.sync();
    world.clock.advance(60);
    one.ehr.remove('Observation', 'o1');
    const says = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'processing' }] };
    one.ehr.faults.push(
      { on: 'kick-off', do: { errors: [says] } },
      {
        on: 'status',
        do: {
          // As the reference server: with each error the number of resources that it lost.
          manifest: ({ error, deleted, ...others }) => ({
            ...others,
            error: [error].flat().map((entry) => ({ ...Object(entry), count: 4711 })),
            deleted: [deleted].flat().map((entry) => ({ ...Object(entry), count: 99 })),
          }),
        },
      },
    );
    const before = one.ehr.requests.length;
    const since = world.clock().getTime();
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', rows_deleted: 1 });
    expect(one.ehr.requests.slice(before).filter(({ kind }) => kind === 'file')).toHaveLength(2);
    expect((world.clock().getTime() - since) / 1000).toBeLessThan(30);
    expect(await noticesOf(run)).toEqual([
      { code: 'server-remark', subject: 'warning processing', amount: 1 },
    ]);
    expect(await watermarkOf(one)).toBe(run['transaction_time']);
  });
});

describe('a manifest beyond what is plausible', () => {
  it('fails the run before anything is downloaded, and names the setting', async () => {
    const one = await site({ config: { limits: { export_max_files: 3 } } });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'failed', error_step: 'poll', error_code: 'manifest-too-large' });
    expect(run['error_message']).toContain('export_max_files');
    expect(files(one)).toEqual([]);
  });
});
