/** Steps in threads, over a real database: what they load, and what is left when one ends in the middle of a chunk. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../jobs/engine.ts';
import { startWorkers } from '../../jobs/workers.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, leftovers } from '../world/content.ts';
import { holdTable } from '../world/locks.ts';
import { startProcess } from '../world/worker-process.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
const threads: Worker[] = [];
const note = (thread: Worker) => void threads.push(thread);
process.on('worker', note);
afterAll(async () => {
  process.off('worker', note);
  await world.close();
});

/** Chunks are small, so that there are many. */
const CONFIG = { limits: { chunk_bytes: 16_384, poll_min_seconds: 0 } };

const site = () =>
  world.site({ config: CONFIG, population: { seed: 'threads', patients: LONG_RUN ? 3 : 1 } });

/** What a process without threads loads of the same. */
async function undisturbed({ ehr }: Site) {
  const other = await world.site({ config: CONFIG, ehr });
  const run = await other.sync();
  return { run, content: await contentOf(sql, other.id) };
}

const COUNTED = ['status', 'records_extracted', 'records_loaded', 'records_excluded', 'records_failed'];
const counted = (run: RunRow) => Object.fromEntries(COUNTED.map((name) => [name, run[name]]));

async function openWorkers() {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const engine = await openEngine(
    { DATABASE_URL: world.database.url, ENCRYPTION_KEY: world.encryptionKey, WORKER_THREADS: '2' },
    { log },
  );
  const workers = await startWorkers(engine.deps, engine);
  return {
    logged: () => lines.join(''),
    async stop() {
      await workers.stop();
      await engine.close();
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sql`select pg_sleep(0.02)`;
}

const ended = (runId: number) => until(async () => (await runOf(sql, runId))['finished_at'] !== null);

describe('steps in threads', () => {
  it('load what a process without threads loads, and add their figures', async () => {
    const one = await site();
    const before = threads.length;
    const workers = await openWorkers();
    const runId = await one.start();
    await ended(runId);
    await workers.stop();
    expect(threads.length - before).toBe(2);
    const alone = await undisturbed(one);
    expect(counted(await runOf(sql, runId))).toEqual(counted(alone.run));
    expect(await contentOf(sql, one.id)).toEqual(alone.content);
    expect(await leftovers(sql)).toEqual([]);
    const [figures] = await sql<{ observed: number }[]>`
      select observed from meter where name = 'step' and label = 'map' and outcome = 'done'`;
    const [chunks] = await sql<{ n: number }[]>`
      select count(*)::int as n from chunk where run_id = ${runId} and state = 'done'`;
    expect(chunks?.n).toBeGreaterThan(5);
    expect(figures?.observed).toBe(chunks?.n);
    expect(workers.logged()).not.toContain(world.encryptionKey);
  });

  inLongRun(it)('are done again, whole, when their threads end in the middle of a chunk', async () => {
    const one = await site();
    const before = threads.length;
    const writers = await holdTable(sql, 'resource');
    const workers = await openWorkers();
    const runId = await one.start();
    await writers.reached();
    await Promise.all(threads.slice(before).map((thread) => thread.terminate()));
    expect(await sql`select 1 from resource where connection_id = ${one.id}`).toEqual([]);
    await writers.release();
    await ended(runId);
    await workers.stop();
    expect(threads.length - before).toBe(4);
    const again = await sql`
      select 1 from pgboss.job where name = 'sync-map' and retry_count > 0 and state = 'completed'
        and (data ->> 'run_id')::bigint = ${runId}`;
    expect(again.length).toBeGreaterThan(0);
    expect(workers.logged()).toMatch(/"level":50.*a thread ended/);
    const alone = await undisturbed(one);
    expect(counted(await runOf(sql, runId))).toEqual(counted(alone.run));
    expect(await contentOf(sql, one.id)).toEqual(alone.content);
    expect(await leftovers(sql)).toEqual([]);
  });

  inLongRun(it)(
    'are finished before a process ends that is asked to, which has as many threads as it was told',
    async () => {
      const one = await site();
      const writers = await holdTable(sql, 'resource');
      const { child, log } = await startProcess(world, ['jobs/main.ts', '--threads', '2'], {
        env: { WORKER_THREADS: '0' },
      });
      expect(log.join('\n')).toContain('"threads":2');
      const runId = await one.start();
      await writers.reached();
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await until(async () => log.some((line) => line.includes('"stopping: ')));
      await writers.release();
      expect(await exited).toEqual([0, null]);
      expect(log.join('\n')).not.toContain('did not end within');
      const [left] = await sql<{ active: number; done: number }[]>`
      select (select count(*)::int from pgboss.job where name like 'sync-%' and state = 'active') as active,
        (select count(*)::int from chunk where run_id = ${runId} and state = 'done') as done`;
      expect(left?.active).toBe(0);
      expect(left?.done).toBeGreaterThan(0);
      await drain(world.worker(), world.clock);
      expect(await runOf(sql, runId)).toMatchObject({ status: 'completed' });
      expect(await contentOf(sql, one.id)).toEqual((await undisturbed(one)).content);
    },
  );
});
