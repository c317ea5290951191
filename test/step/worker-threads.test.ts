import { describe, expect, it } from 'vitest';
import { threadsOf, withThreads } from '../../jobs/step/worker-threads.ts';

describe('how many threads a worker has', () => {
  it.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 2],
    [6, 4],
    [64, 4],
  ])('of %i cores one is left to Postgres and one to the process, up to a bound: %i', (cores, threads) => {
    expect(threadsOf({}, cores)).toBe(threads);
    expect(threadsOf({ WORKER_THREADS: '' }, cores)).toBe(threads);
  });

  it('is what WORKER_THREADS says, over which the command wins', () => {
    expect(threadsOf({ WORKER_THREADS: '0' }, 8)).toBe(0);
    expect(threadsOf({ WORKER_THREADS: '12' }, 2)).toBe(12);
    expect(threadsOf(withThreads({ WORKER_THREADS: '12' }, '3'), 2)).toBe(3);
    expect(threadsOf(withThreads({ WORKER_THREADS: '12' }, undefined), 2)).toBe(12);
  });

  it.each(['many', '-1', '1.5', '17'])('is refused where it is %j', (told) => {
    expect(() => threadsOf(withThreads({}, told), 2)).toThrow(
      'WORKER_THREADS: expected a whole number of threads, from 0 to 16',
    );
  });
});
