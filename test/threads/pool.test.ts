/** What the process makes of threads that do what none should. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import type { StepName } from '../../jobs/step/queue.ts';
import { openThreads, type Threads, type ThreadsOptions } from '../../jobs/threads/pool.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { folderOfTest } from '../folder-of-test.ts';
import { few, inLongRun } from '../long-run.ts';

const keyring = await openKeyring({ ENCRYPTION_KEY: 'ab'.repeat(32) });
const open: Threads[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((threads) => threads.stop()));
});

function start({ env = {}, ...options }: Partial<ThreadsOptions> & { env?: Record<string, string> } = {}) {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const data = { env, url: '', schemas: DEFAULT_SCHEMAS, keyring, logLevel: 'debug' };
  const entry = new URL('./entries/fake.ts', import.meta.url);
  const threads = openThreads({ count: 1, data, log, entry, ...options });
  open.push(threads);
  const run = (id: string, step: StepName = 'map') =>
    threads.run({ step, job: { id, retryCount: 0, data: {} } });
  return { threads, run, logged: () => lines.map((line) => JSON.parse(line)) };
}

describe('a thread that ends under its jobs', () => {
  few(it, 1).each([
    { how: 'throw', code: 'TypeError', options: {} },
    { how: 'grow', code: 'ERR_WORKER_OUT_OF_MEMORY', options: { heap: { maxOldGenerationSizeMb: 24 } } },
    { how: 'hang', code: 'thread-stuck', options: { checkMs: 40 } },
  ])(
    '($how) fails them, the process lives on, and another takes its place',
    async ({ how, code, options }) => {
      const { run, logged } = start(options);
      const beside = run('long');
      const both = await Promise.allSettled([run(how), beside]);
      expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(both[0]).toMatchObject({ reason: { code } });
      // The next waits for the thread that takes its place.
      expect(await run('any')).toBe(true);
      const told = logged().filter(({ msg }) => /a thread ended/.test(msg));
      expect(told).toMatchObject([{ thread: 1, code, jobs: 2, level: 50 }]);
      expect(told[0]?.msg).toContain('starts again in 1 s');
    },
  );

  inLongRun(it)('is started again after growing delays while no job is done', async () => {
    const { run, logged } = start();
    for (let n = 0; n < 2; n++) await expect(run('throw')).rejects.toThrow('The thread ended');
    await run('any');
    await expect(run('throw')).rejects.toThrow('The thread ended');
    const delays = logged().flatMap(({ msg }) => /again in (\d+) s/.exec(msg)?.[1] ?? []);
    expect(delays).toEqual(['1', '2', '1']);
  });
});

describe('threads that cannot be started', () => {
  inLongRun(it)('leave their steps to the process until one can', async () => {
    const flag = join(await folderOfTest(), 'flag');
    const { run, logged } = start({ env: { FLAG: flag } });
    expect(await run('any')).toBe(false);
    expect(await run('any')).toBe(false);
    expect(logged().map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/runs their steps itself/));
    writeFileSync(flag, '');
    expect(existsSync(flag)).toBe(true);
    while (!(await run('any'))) await new Promise(setImmediate);
  });
});

describe('threads', () => {
  it('take the steps that need CPU, and no others', async () => {
    const { run, threads } = start({ count: 2 });
    for (const step of ['unpack', 'map', 'remap', 'redo', 'redrive'] as const)
      expect(await run('any', step)).toBe(true);
    for (const step of ['export', 'download', 'close', 'vocabulary', 'webhook'] as const)
      expect(await run('any', step)).toBe(false);
    expect(threads.atOnce('map', 2)).toBe(4);
    expect(threads.atOnce('unpack', 1)).toBe(1);
    expect(threads.atOnce('download', 9)).toBe(9);
  });

  it('take three jobs each, and let those that are too many wait', async () => {
    const { run, threads, logged } = start({ count: 2 });
    let done = 0;
    const seven = Array.from({ length: 7 }, (_, n) => run(n < 6 ? 'long' : 'any').then(() => done++));
    const taken = () => logged().filter(({ msg }) => msg === 'took a long one');
    while (taken().length < 6) await new Promise(setImmediate);
    expect(
      taken()
        .map(({ thread }) => thread)
        .sort(),
    ).toEqual([1, 1, 1, 2, 2, 2]);
    expect(done).toBe(0);
    threads.handOn();
    await Promise.all(seven);
    expect(done).toBe(7);
  });
});
