import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startChild } from '../bench/child.ts';
import { WORKER_FLAGS } from '../bench/worker-flags.ts';
import { file } from '../ehr/export-job.ts';
import { openTestWorld, runOf } from '../world/world.ts';

const MEGABYTE = 2 ** 20;
/** The whole of it in CI; elsewhere as much as takes seconds. By hand: BIG_FILE_MB=500. */
const SIZE = Number(process.env['BIG_FILE_MB'] || (process.env['CI'] ? 500 : 100)) * MEGABYTE;
/** Of JavaScript's heap, which a worker that keeps text or resources would fill. */
const HEAP_MB = 128;
/** Of all memory, since buffers are outside the heap: what it is at 100 MB, and some room. */
const PEAK_MB = 350;
const LINE = 64 * 1024;

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

it(`${SIZE / MEGABYTE} MB in one file are downloaded and mapped by a worker with ${HEAP_MB} MB of heap`, async () => {
  const site = await world.site({ gzip: false });
  // Made while it is sent. A type that is no part of the CDM, so that no time goes into rows.
  const lines = Math.ceil(SIZE / LINE);
  const filler = 'x'.repeat(LINE);
  site.ehr.offer(
    file('big.Basic.ndjson', 'Basic', undefined, function* () {
      for (let n = 0; n < lines; n++) {
        yield `{"resourceType":"Basic","id":"b${n}","code":{"text":"${filler}"}}\n`;
      }
    }),
  );
  const runId = await site.start();
  const worker = startChild(new URL('../bench/worker.ts', import.meta.url).pathname, {
    env: { DATABASE_URL: world.database.url, ENCRYPTION_KEY: world.encryptionKey },
    flags: [...WORKER_FLAGS, `--max-old-space-size=${HEAP_MB}`],
  });
  await worker.ask('work');
  for (let live = true; live; ) {
    const [run] = await sql`
        select finished_at is null as live, pg_sleep(0.1) from run where run_id = ${runId}`;
    live = run?.['live'];
    // Rejects when the worker has ended, for want of memory for example.
    await worker.ask('cpu');
  }
  const { peakMb } = z.object({ peakMb: z.number() }).parse(await worker.ask('stop'));
  expect(await runOf(sql, runId)).toMatchObject({
    ...{ status: 'completed', error_code: null, records_extracted: lines, records_excluded: lines },
  });
  const [received] = await sql`select max(bytes_done) as bytes from export_file where run_id = ${runId}`;
  expect(received?.['bytes']).toBeGreaterThan(SIZE);
  expect(peakMb).toBeLessThan(PEAK_MB);
}, 300_000);
