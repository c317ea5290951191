/** One thread: started, given jobs, asked to end, and watched. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { describeError } from '../step/describe-error.ts';
import { ALIVE_MS, type FromThread, type ThreadData, type ThreadJob, type ToThread } from './messages.ts';

export interface Thread {
  /** Resolves when it takes jobs; never, where it ends before. */
  readonly ready: Promise<void>;
  /** Resolves when it is gone, with the reason where nobody had asked it to end. */
  readonly gone: Promise<Ended>;
  readonly isReady: () => boolean;
  /** Jobs under way. */
  readonly jobs: () => number;
  /** Rejects when the job ends without a commit, or the thread ends under it. */
  run(job: ThreadJob): Promise<void>;
  handOn(): void;
  close(): Promise<void>;
}

export interface Ended {
  readonly wasReady: boolean;
  readonly jobs: number;
  readonly code: string;
  readonly message: string;
}

export interface ThreadOptions {
  readonly entry: URL;
  readonly name: string;
  readonly data: ThreadData;
  readonly onLog: (line: string) => void;
  readonly checkMs?: number | undefined;
  readonly heap?: ResourceLimits | undefined;
}

/**
 * Little of what a chunk makes lives long, so a small young generation does. The old one is what V8 gives any process here:
 * the longest line that is allowed must fit. A thread that wants more ends alone, and not the process with it (on Deno both).
 */
const HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 24 };

/** So many checks without a sign of life, and it is taken for stuck. One that starts waits for the database, too. */
const MOST_SILENT = { ready: 6, starting: 30 };
const CLOSE_MS = 5000;

interface UnderWay {
  readonly done: () => void;
  readonly failed: (error: Error) => void;
}

export function startThread(options: ThreadOptions): Thread {
  const { entry, name, data, onLog, checkMs = 2 * ALIVE_MS, heap = HEAP } = options;
  const worker = new Worker(entry, { name, workerData: data, resourceLimits: heap });
  const underWay = new Map<number, UnderWay>();
  let next = 0;
  let isReady = false;
  let silent = 0;
  let why = { code: 'thread-ended', message: 'it ended by itself' };
  const ready = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<Ended>();

  const watching = setInterval(() => {
    silent++;
    if (silent <= (isReady ? MOST_SILENT.ready : MOST_SILENT.starting)) return;
    why = { code: 'thread-stuck', message: 'it gave no sign of life' };
    void worker.terminate();
  }, checkMs);
  watching.unref();

  worker.on('message', (message: FromThread) => {
    silent = 0;
    if (message.is === 'log') onLog(message.line);
    if (message.is === 'broken') why = message;
    if (message.is === 'ready') {
      isReady = true;
      ready.resolve();
    }
    if (message.is === 'done') take(message.n)?.done();
    if (message.is === 'failed') take(message.n)?.failed(errorOf(message));
  });
  worker.on('error', (error) => {
    why = describeError(error);
  });
  worker.on('exit', () => {
    clearInterval(watching);
    const ended = { wasReady: isReady, jobs: underWay.size, ...why };
    isReady = false;
    const lost = [...underWay.values()];
    underWay.clear();
    gone.resolve(ended);
    for (const { failed } of lost) failed(errorOf({ ...why, message: `The thread ended: ${why.message}.` }));
  });

  function take(n: number): UnderWay | undefined {
    const found = underWay.get(n);
    underWay.delete(n);
    return found;
  }

  const tell = (message: ToThread) => worker.postMessage(message);
  return {
    ready: ready.promise,
    gone: gone.promise,
    isReady: () => isReady,
    jobs: () => underWay.size,
    run(job) {
      const n = next++;
      return new Promise<void>((done, failed) => {
        underWay.set(n, { done, failed });
        tell({ is: 'job', n, ...job });
      });
    },
    handOn: () => tell({ is: 'stopping' }),
    async close() {
      tell({ is: 'close' });
      const late = setTimeout(() => void worker.terminate(), CLOSE_MS);
      await gone.promise;
      clearTimeout(late);
    },
  };
}

function errorOf({ code, message }: { readonly code: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { code });
}
