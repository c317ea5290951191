/**
 * The inside of a thread that runs steps beside the process's own: it opens connections of its own, runs the jobs that it
 * is given, and answers how they ended. A step commits by itself here as anywhere.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { connect, type Sql } from '../sql/connect.ts';
import { DATABASE } from '../sql/settings/database.ts';
import { openDeps } from './open-deps.ts';
import { type Clock, systemClock } from './step/clock.ts';
import type { Deps } from './step/deps.ts';
import { describeError } from './step/describe-error.ts';
import { openQueue } from './step/queue.ts';
import { readSettings } from './step/settings.ts';
import { underWay } from './step/under-way.ts';
import { ALIVE_MS, type FromThread, type ThreadData, type ToThread } from './threads/messages.ts';
import { runInTime } from './workers.ts';

/** A transaction for each job that it may have at once, and one for what is asked beside them. */
const CONNECTIONS = 4;
/** The queue's own statements are few: jobs are sent and completed within the steps' transactions. */
const QUEUE_CONNECTIONS = 1;

export interface ThreadOptions {
  readonly clock?: Clock;
  /** Tests let a process die in the middle of a transaction by it. */
  readonly around?: (sql: Sql) => Sql;
}

export async function serveThread({ clock = systemClock, around }: ThreadOptions = {}): Promise<void> {
  if (isMainThread || parentPort === null) {
    throw new Error('This file is started as a thread of a worker; start jobs/main.ts in its place.');
  }
  const port = parentPort;
  const tell = (message: FromThread) => port.postMessage(message);
  // Whatever it ends by is told in words that may be logged.
  const endBroken = (error: unknown): never => {
    const { code, message } = describeError(error);
    tell({ is: 'broken', code, message });
    process.exit(1);
  };
  process.on('uncaughtException', endBroken);
  const stopping = new AbortController();
  const { deps, close } = await open(workerData as ThreadData, clock, around, tell).catch(endBroken);
  // Stops when this thread is stuck, which is how the process finds out.
  setInterval(() => tell({ is: 'alive' }), ALIVE_MS).unref();

  port.on('message', (message: ToThread) => {
    if (message.is === 'stopping') stopping.abort();
    if (message.is === 'close') void close().finally(() => process.exit(0));
    if (message.is === 'job') void run(deps, message, stopping.signal).then(tell);
  });
  tell({ is: 'ready' });
}

async function run(
  deps: Deps,
  { n, step, job }: Extract<ToThread, { is: 'job' }>,
  stopping: AbortSignal,
): Promise<FromThread> {
  try {
    await runInTime(deps, step, job, stopping);
    return { is: 'done', n };
  } catch (error) {
    const { code, message } = describeError(error);
    return { is: 'failed', n, code, message };
  }
}

async function open(
  { env, url, schemas, keyring, logLevel }: ThreadData,
  clock: Clock,
  around: ThreadOptions['around'],
  tell: (message: FromThread) => void,
): Promise<{ readonly deps: Deps; readonly close: () => Promise<void> }> {
  const log = pino(
    { level: logLevel, base: {}, mixin: () => ({ ...underWay() }) },
    { write: (line: string) => tell({ is: 'log', line }) },
  );
  const { LOCK_TIMEOUT_SECONDS } = readSettings({ LOCK_TIMEOUT_SECONDS: DATABASE.LOCK_TIMEOUT_SECONDS }, env);
  const client = connect(url, schemas, { max: CONNECTIONS, lockTimeoutMs: 1000 * LOCK_TIMEOUT_SECONDS });
  const sql = around?.(client) ?? client;
  const queue = await openQueue({
    ...{ url, schemas, passive: true, prepared: true, connections: QUEUE_CONNECTIONS },
    onError: (error) =>
      log.error({ code: describeError(error).code }, 'queue: a statement of a thread failed'),
  });
  const { deps, close } = await openDeps(env, { sql, schemas, queue, keyring, clock, log });
  return {
    deps,
    async close() {
      await Promise.all([queue.close(), close()]);
      await client.end({ timeout: 5 });
    },
  };
}
