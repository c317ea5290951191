/**
 * A thread that speaks as a real one does and, by the id of a job, does what none should: grows without end (`grow`), hangs
 * (`hang`), throws beside its job (`throw`), or answers only when it is told to hand on (`long`). With FLAG in its
 * environment it cannot start until that file is there.
 */
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from '../../../jobs/threads/messages.ts';

const { env } = workerData as ThreadData;
const flag = env['FLAG'];
if (flag !== undefined && !existsSync(flag)) throw new Error('it is not there yet');

const tell = (message: FromThread) => parentPort?.postMessage(message);
const long: number[] = [];
parentPort?.on('message', (message: ToThread) => {
  if (message.is === 'close') process.exit(0);
  if (message.is === 'stopping') for (const n of long.splice(0)) tell({ is: 'done', n });
  if (message.is === 'job') work(message.job.id, message.n);
});
setInterval(() => tell({ is: 'alive' }), 5).unref();
tell({ is: 'ready' });

function work(what: string, n: number): void {
  if (what === 'grow') for (const all: unknown[] = []; ; ) all.push({ n: all.length });
  if (what === 'hang') for (;;);
  if (what === 'throw') setImmediate(() => Reflect.get(Object(undefined), 'x').y);
  else if (what === 'long') {
    long.push(n);
    tell({ is: 'log', line: JSON.stringify({ level: 20, msg: 'took a long one' }) });
  } else tell({ is: 'done', n });
}
