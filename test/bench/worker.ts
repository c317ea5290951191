/**
 * A worker as in production, in a process of its own. `work` starts it with the given concurrency; `stop`
 * ends it and returns its peak memory.
 */
import { z } from 'zod';
import { openEngine } from '../../jobs/engine.ts';
import { startWorkers, type Workers } from '../../jobs/workers.ts';
import { answer } from './child.ts';

const Concurrency = z.record(z.string(), z.number().int().min(0)).optional();

const engine = await openEngine(process.env);
let workers: Workers | undefined;

answer({
  /** Seconds of CPU so far. */
  cpu: async () => cpuSeconds(),
  async work(concurrency) {
    workers = await startWorkers(engine.deps, {
      concurrency: Concurrency.parse(concurrency),
      openThreads: engine.openThreads,
    });
  },
  async stop() {
    await workers?.stop();
    await engine.close();
    const { maxRSS } = process.resourceUsage();
    // With --cpu-prof the profile is written when the process ends by itself.
    setTimeout(() => process.exit(0), 50);
    return { peakMb: maxRSS / 1024, cpuSeconds: cpuSeconds() };
  },
});

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
