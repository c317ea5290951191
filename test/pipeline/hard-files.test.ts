/** Files that are damaged, refused to the end, of one enormous line, or very many. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { contentOf } from './content.ts';
import { observation, patient } from './record.ts';
import { drain, openTestWorld, runOf, type Site, type SiteOptions } from './world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;
const LINES = 60;

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
  it.each(['header', 'middle', 'end'])('(%s) is read again, and nothing of it is believed', async (where) => {
    const one = await site();
    const sent = compressedSize(one);
    const corrupt = { header: 2, middle: Math.floor(sent / 2), end: sent - 8 }[where] ?? 0;
    one.ehr.faults.push({ on: 'file', times: 2, match: ofObservations, do: { corrupt } });
    const asked = files(one).length;
    const run = await one.sync({ full: true });
    expect(one.ehr.faults).toEqual([]);
    expect(run).toMatchObject({
      ...{ status: 'completed', records_extracted: LINES + 1, records_failed: 0, error_code: null },
    });
    expect(files(one).slice(asked)).toHaveLength(3);
    const undisturbed = await site();
    await undisturbed.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, undisturbed.id));
  });

  /** Of the file as it is sent, to a few bytes. */
  function compressedSize(one: Site): number {
    const lines = Array.from(
      { length: LINES },
      (_, n) => `${JSON.stringify(one.ehr.get('Observation', `o${n}`))}\n`,
    );
    return gzipSync(lines.join('')).length;
  }

  it('that is there at each reading gives the file up, without its resources and without the watermark', async () => {
    const one = await site();
    one.ehr.faults.push({ on: 'file', times: 999, match: ofObservations, do: { corrupt: 2 } });
    expect(await one.sync()).toMatchObject({ status: 'completed', records_loaded: 1 });
    expect(await watermarkOf(one)).toBeNull();
  });
});

describe('a file that the server answers with 5xx to the end', () => {
  it('is given up after twelve tries; the others are loaded, and the next sync asks for it again', async () => {
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
  });
});

describe('a line of 50 MB', () => {
  it('is within the limits, and loaded with those around it', async () => {
    const one = await site();
    one.ehr.put(observation('big', 'p', { note: [{ text: 'word '.repeat(10 * 1024 * 1024) }] }));
    const run = await one.sync();
    expect(run).toMatchObject({ status: 'completed', records_loaded: LINES + 2, records_failed: 0 });
    const [chunk] = await sql`
      select max(byte_end - byte_start) as size from chunk where run_id = ${run['run_id']}`;
    expect(chunk?.['size']).toBeGreaterThan(50 * 1024 * 1024);
    expect(await one.sync({ full: true })).toMatchObject({ records_unchanged: LINES + 2, records_loaded: 0 });
  });

  it('that is longer than the limit fails alone', async () => {
    const one = await site({ config: { limits: { chunk_bytes: 16_384, max_line_bytes: 1024 * 1024 } } });
    one.ehr.put(observation('big', 'p', { note: [{ text: 'word '.repeat(10 * 1024 * 1024) }] }));
    expect(await one.sync()).toMatchObject({
      status: 'completed',
      records_loaded: LINES + 1,
      records_failed: 1,
    });
  });
});

/** More by hand: TINY_FILES=20000. */
const MANY = Number(process.env['TINY_FILES'] || 500);

describe(`${MANY} files of one resource each`, () => {
  it(
    'are all loaded, with never more of them in the queue than may be downloaded at once',
    async () => {
      const one = await world.site({ maxPerFile: 1 });
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
      expect([most, files(one).length]).toEqual([3, MANY - 1]);
    },
    60_000 + 100 * MANY,
  );
});
