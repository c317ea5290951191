/**
 * A worker to be killed: the production one, with a clock and deaths of its own (mortal.ts). Its threads can be killed
 * alone: whoever started this process asks for it.
 */
import { flushCompileCache } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { openEngine } from '../../jobs/engine.ts';
import { startWorkers } from '../../jobs/workers.ts';
import { clock, mortal } from './mortal.ts';

const threads: Worker[] = [];
process.on('worker', (thread) => {
  threads.push(thread);
  thread.once('exit', () => threads.splice(threads.indexOf(thread), 1));
});
process.on('message', ({ killThread }: { killThread: number }) => {
  void threads[killThread % Math.max(1, threads.length)]?.terminate();
});

const engine = await openEngine(process.env, { clock });
const entry = new URL('./thread.ts', import.meta.url);
await startWorkers(
  { ...engine.deps, sql: mortal(engine.deps.sql) },
  {
    openThreads: () => engine.openThreads({ entry }),
  },
);
// It would be written at the end of the process, which is killed.
flushCompileCache();
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
