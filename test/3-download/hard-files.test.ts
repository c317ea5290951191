/** Files that are damaged, refused to the end, of one enormous line, or very many. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { STEP_NAMES } from '../../jobs/step/queue.ts';
import { tick } from '../../jobs/tick.ts';
import { runJob } from '../../jobs/workers.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const LINES = LONG_RUN ? 60 : 24;

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site({ config: { limits: { chunk_bytes: 16_384 } }, ...options });
  made.ehr.put(patient('p'));
  for (let n = 0; n < LINES; n++)
    made.ehr.put(observation(`o${n}`, 'p', { note: [{ text: `${n} `.repeat(900) }] }));
  return made;
}

const ofObservations = ({ path }: { path: string }) => path.includes('Observation');
const files = (one: Site) => one.ehr.requests.filter((it) => it.kind === 'file' && ofObservations(it));
const watermarkOf = async (one: Site) =>
  (await sql`select watermark from connection where connection_id = ${one.id}`)[0]?.['watermark'];

describe('a gzip with a wrong byte', () => {
  // In its header, in the middle, and at its end, where almost all text has been delivered already.
  few(it, 1).each(['middle', 'header', 'end'])(
    '(%s) is read again, and nothing of it is believed',
    async (where) => {
      const one = await site();
      const sent = compressedSize(one);
      const corrupt = { header: 2, middle: Math.floor(sent / 2), end: sent - 8 }[where] ?? 0;
      one.ehr.faults.push({ on: 'file', times: 2, match: ofObservations, do: { corrupt } });
      const run = await one.sync({ full: true });
      expect(one.ehr.faults).toEqual([]);
      expect(run).toMatchObject({
        ...{ status: 'completed', records_extracted: LINES + 1, records_failed: 0, error_code: null },
      });
      // Whatever the decoder made of the damage: two readings are taken back, the third is whole.
      expect(files(one)).toHaveLength(3);
      const undisturbed = await site();
      await undisturbed.sync();
      expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, undisturbed.id));
    },
  );

  /** Of the file as it is sent, to a few bytes. */
  function compressedSize(one: Site): number {
    const lines = Array.from(
      { length: LINES },
      (_, n) => `${JSON.stringify(one.ehr.get('Observation', `o${n}`))}\n`,
    );
    return gzipSync(lines.join('')).length;
  }

  inLongRun(it)(
    'that is there at each reading gives the file up, without its resources and without the watermark',
    async () => {
      const one = await site();
      one.ehr.faults.push({ on: 'file', times: 999, match: ofObservations, do: { corrupt: 2 } });
      expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 1 });
      expect(await watermarkOf(one)).toBeNull();
    },
  );
});

describe('a gzip whose checksum, at its very end, tells that its text was wrong', () => {
  const misread = { wrongChecksum: true, rewrite: wrong };
  const openFailures = (one: Site) => sql`
    select reason, field from failures where connection_id = ${one.id} and resolved_at is null order by reason`;

  /** Each chunk is mapped before the next one is read. */
  async function mappedMeanwhile(one: Site, afterEach: (runId: number) => Promise<void> = async () => {}) {
    const runId = await one.start();
    await drain(deps, clock, async () => {
      const next = () => fetchOne(deps, STEP_NAMES.toReversed());
      for (let one = await next(); one; one = await next()) {
        await runJob(deps, one.name, one.job, () => true);
        await afterEach(runId);
      }
    });
    return await runOf(sql, runId);
  }

  async function rowsOf(one: Site, id: string): Promise<number> {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from measurement m join resource r on r.resource_key = m.measurement_id / 1000
      where r.connection_id = ${one.id} and r.fhir_id = ${id}`;
    return row?.n ?? 0;
  }

  /** As a wrong byte may do: another value, no JSON, another id, the id of another resource. */
  function wrong(line: string, index: number): string {
    if (index === 3) return line.replace('"value":', '"value":9');
    if (index === 5) return line.replace('{', '[');
    if (index === 7) return line.replace(/"id":"[^"]+"/, '"id":"never"');
    if (index === 9) return line.replace(/"id":"[^"]+"/, '"id":"before"');
    return line;
  }

  inLongRun(it)(
    'leaves nothing of that text, and what it may have spoilt comes with a full sync',
    async () => {
      const one = await world.site({ config: { limits: { chunk_bytes: 32_768 } } });
      one.ehr.load([patient('p'), observation('before', 'p')]);
      await one.sync();
      clock.advance(60);
      let wrongRows = 0;
      for (let n = 0; n < LINES; n++)
        one.ehr.put(observation(`o${n}`, 'p', { note: [{ text: `${n} `.repeat(900) }] }));
      one.ehr.faults.push({ on: 'file', times: 999, match: ofObservations, do: misread });
      const run = await mappedMeanwhile(one, async (runId) => {
        const [damaged] = await sql`select 1 from export_file where run_id = ${runId} and restarts > 0`;
        if (damaged) one.ehr.faults.length = 0;
        else wrongRows = Math.max(wrongRows, await rowsOf(one, 'never'));
      });
      expect(run).toMatchObject({
        ...{ status: 'completed', mode: 'incremental', records_extracted: LINES, records_failed: 0 },
      });
      expect([wrongRows, await rowsOf(one, 'never')]).toEqual([1, 0]);
      expect(await sql`select reason, resources from removals where run_id = ${run['run_id']}`).toEqual([
        { reason: 'misread', resources: 1 },
      ]);
      expect(await openFailures(one)).toEqual([{ reason: 'file-misread', field: null }]);
      expect(await watermarkOf(one)).toBeNull();
      clock.advance(60);
      expect(await one.sync()).toMatchObject({
        mode: 'full',
        records_loaded: 1,
        records_unchanged: LINES + 1,
      });
      expect(await openFailures(one)).toEqual([]);
      expect(await watermarkOf(one)).not.toBeNull();
      const fresh = await world.site({ ehr: one.ehr });
      await fresh.sync();
      expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
    },
  );

  inLongRun(it)('at each reading brings nothing of the file in', async () => {
    const one = await site({ config: { limits: { chunk_bytes: 65_536 } } });
    one.ehr.faults.push({ on: 'file', times: 999, match: ofObservations, do: misread });
    expect(await mappedMeanwhile(one)).toMatchObject({
      status: 'completed',
      records_extracted: 1,
      records_loaded: 1,
    });
    expect(await openFailures(one)).toEqual([
      { reason: 'file-lost', field: 'file-damaged' },
      { reason: 'file-misread', field: null },
    ]);
    expect((await contentOf(sql, one.id))['measurement']).toEqual([]);
    one.ehr.faults.length = 0;
    expect(await one.sync()).toMatchObject({ mode: 'full', records_loaded: LINES, records_unchanged: 1 });
    const undisturbed = await site();
    await undisturbed.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, undisturbed.id));
  });
});

describe('a page in the place of a file, with a status of success', () => {
  const page = '<!DOCTYPE html>\n<html>\n<p>Please log in</p>\n</html>\n';

  it('is asked for again, and not taken for lines that cannot be read', async () => {
    const one = await site();
    const html = { 'content-type': 'text/html; charset=utf-8' };
    one.ehr.faults.push({
      ...{ on: 'file', times: 3, match: ofObservations },
      do: { status: 200, headers: html, body: page },
    });
    expect(await one.sync()).toMatchObject({
      status: 'completed',
      records_loaded: LINES + 1,
      records_failed: 0,
    });
    expect(files(one)).toHaveLength(4);
    expect(await watermarkOf(one)).not.toBeNull();
  });

  inLongRun(it).each([
    ['that is called NDJSON', page],
    ['in a Binary (HAPI)', '{"resourceType":"Binary","contentType":"application/fhir+ndjson","data":"e30K"}'],
  ])('%s holds the watermark, and the next sync asks for all of it', async (_, body) => {
    const one = await site();
    one.ehr.faults.push({
      ...{ on: 'file', times: 999, match: ofObservations },
      do: { status: 200, headers: { 'content-type': 'application/fhir+ndjson' }, body },
    });
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: 1, records_failed: 1 });
    expect(await sql`select reason from failures where run_id = ${run['run_id']}`).toEqual([
      { reason: 'json-document-instead-of-ndjson' },
    ]);
    expect(await watermarkOf(one)).toBeNull();
    one.ehr.faults.length = 0;
    expect(await one.sync()).toMatchObject({ mode: 'full', records_loaded: LINES });
  });
});

describe('a file that the server answers with 5xx to the end', () => {
  inLongRun(it)(
    'is given up after twelve tries; the others are loaded, and the next sync asks for it again',
    async () => {
      const one = await site({ maxPerFile: 20 });
      const third = ({ path }: { path: string }) => path.includes('/3.Observation');
      one.ehr.faults.push({ on: 'file', times: 999, match: third, do: { status: 503, body: '<html>busy' } });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 1 - 20, error_code: null });
      expect(files(one).filter(third)).toHaveLength(12);
      expect(await sql`select reason, field, file_no from failures where run_id = ${run['run_id']}`).toEqual([
        { reason: 'file-lost', field: 'file-unavailable', file_no: 3 },
      ]);
      expect(await watermarkOf(one)).toBeNull();
      one.ehr.faults.length = 0;
      expect(await one.sync()).toMatchObject({
        mode: 'full',
        records_loaded: 20,
        records_unchanged: LINES + 1 - 20,
      });
      expect(await watermarkOf(one)).not.toBeNull();
    },
  );
});

describe('a line of 50 MB', () => {
  inLongRun(it)('is within the limits, and loaded with those around it', async () => {
    const one = await site();
    one.ehr.put(observation('big', 'p', { note: [{ text: 'word '.repeat(10 * 1024 * 1024) }] }));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 2, records_failed: 0 });
    const [chunk] = await sql`
      select max(byte_end - byte_start) as size from chunk where run_id = ${run['run_id']}`;
    expect(chunk?.['size']).toBeGreaterThan(50 * 1024 * 1024);
    expect(await one.sync({ full: true })).toMatchObject({ records_unchanged: LINES + 2, records_loaded: 0 });
  });

  inLongRun(it)('that is longer than the limit fails alone', async () => {
    const one = await site({ config: { limits: { chunk_bytes: 16_384, max_line_bytes: 1024 * 1024 } } });
    one.ehr.put(observation('big', 'p', { note: [{ text: 'word '.repeat(10 * 1024 * 1024) }] }));
    expect(await one.sync()).toMatchObject({
      status: 'completed',
      records_loaded: LINES + 1,
      records_failed: 1,
    });
  });

  inLongRun(it)(
    'and was passed by is known again when the file has to be read from its beginning',
    async () => {
      const one = await site({
        gzip: false,
        range: false,
        config: { limits: { chunk_bytes: 16_384, max_line_bytes: 64 * 1024 } },
      });
      one.ehr.put(observation('big', 'p', { note: [{ text: 'word '.repeat(1024 * 1024) }] }));
      for (let n = 0; n < 20; n++) one.ehr.put(observation(`z${n}`, 'p'));
      const cut = 5 * 1024 * 1024 + 150_000;
      one.ehr.faults.push({ on: 'file', match: ofObservations, do: { cut } });
      const run = await one.sync();
      expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 21, records_failed: 1 });
      expect(files(one)).toHaveLength(2);
      expect(await sql`select 1 from export_file where run_id = ${run['run_id']} and restarts > 0`).toEqual(
        [],
      );
    },
  );
});

/** More by hand: TINY_FILES=20000. */
const MANY = Number(process.env['TINY_FILES'] || (LONG_RUN ? 200 : 16));

describe(`${MANY} files of one resource each`, () => {
  it(
    'are all loaded, with never more of them in the queue than may be downloaded at once',
    async () => {
      const one = await world.site({ maxPerFile: 1, config: { limits: { parallel_downloads: 2 } } });
      one.ehr.put(patient('p'));
      for (let n = 1; n < MANY; n++) one.ehr.put(observation(`o${n}`, 'p'));
      const runId = await one.start();
      let most = 0;
      await drain(deps, clock, async () => {
        for (let idle = false, jobs = 0; !idle; ) {
          let left = 25;
          ({ idle, jobs } = await tick(deps, () => left-- <= 0));
          const [row] = await sql<{ n: number }[]>`
          select count(*)::int as n from pgboss.job
          where name = 'sync-download' and state in ('created', 'retry', 'active')`;
          most = Math.max(most, row?.n ?? 0);
          if (jobs === 0) break;
        }
      });
      expect(await runOf(sql, runId)).toMatchObject({
        status: 'completed',
        records_loaded: MANY,
        records_failed: 0,
      });
      expect([most, files(one).length]).toEqual([2, MANY - 1]);
    },
    180_000 + 300 * MANY,
  );
});
