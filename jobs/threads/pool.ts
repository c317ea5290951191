/**
 * The threads of a worker, which run the steps that take much CPU, so that those that wait for servers, and the API, need
 * not wait for them. A thread that ends, whatever by, is started again; its jobs go back to the queue, and nothing of them
 * was committed. Where no thread can be started the process runs these steps itself.
 */
import type { ResourceLimits } from 'node:worker_threads';
import { type Level, type Logger, pino } from 'pino';
import type { StepName } from '../step/queue.ts';
import type { ThreadData, ThreadJob } from './messages.ts';
import { type Ended, startThread, type Thread } from './one-thread.ts';

/** Steps whose time is the CPU's. Whatever asks a server stays with the process, which has its tokens. */
const FOR_THREADS: ReadonlySet<StepName> = new Set(['unpack', 'map', 'remap', 'redo', 'redrive']);

export interface Threads {
  readonly count: number;
  /** How many jobs of a step are taken at once, of which a process takes so many without threads. */
  atOnce(step: StepName, alone: number): number;
  /** False when the caller has to run it, since it is none for threads, or there are none that run. */
  run(job: ThreadJob): Promise<boolean>;
  /** Long steps commit what they have and hand themselves on. */
  handOn(): void;
  /** Ends the threads. Nothing may be under way any more. */
  stop(): Promise<void>;
}

export interface ThreadsOptions {
  readonly count: number;
  readonly data: ThreadData;
  readonly log: Logger;
  /** The file that a thread begins with; tests have others. */
  readonly entry?: URL | undefined;
  /** How often each is looked at, in milliseconds. */
  readonly checkMs?: number | undefined;
  readonly heap?: ResourceLimits | undefined;
}

/** At once in a thread: while the rows of one are on their way to Postgres, the other is mapped. */
const CHUNKS = 2;
/** Beside them a thread may have one more step; memory and connections bound it. */
const MOST_JOBS = CHUNKS + 1;
const LONGEST_DELAY_SECONDS = 60;
/** The packed program has JavaScript in its place. */
const ENTRY = new URL(`../thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

interface Seat {
  readonly number: number;
  thread: Thread | undefined;
  /** Ends since a job was done. */
  ends: number;
  /** Whether the last one ended before it took jobs. */
  isUnable: boolean;
}

interface Waiting {
  readonly job: ThreadJob;
  readonly settle: (ran: boolean | Promise<boolean>) => void;
}

export function openThreads({ count, data, log, entry = ENTRY, ...bounds }: ThreadsOptions): Threads {
  const seats = Array.from({ length: count }, (_, n): Seat => {
    return { number: n + 1, thread: undefined, ends: 0, isUnable: false };
  });
  let waiting: Waiting[] = [];
  let stopped = false;
  const handingOn = new AbortController();
  for (const seat of seats) start(seat);

  function start(seat: Seat): void {
    if (stopped) return;
    const onLog = (line: string) => relay(log, seat.number, line);
    const thread = startThread({ entry, name: `steps ${seat.number}`, data, onLog, ...bounds });
    seat.thread = thread;
    void thread.ready.then(() => {
      seat.isUnable = false;
      if (handingOn.signal.aborted) thread.handOn();
      dispatch();
    });
    void thread.gone.then((ended) => restart(seat, ended));
  }

  function restart(seat: Seat, ended: Ended): void {
    seat.thread = undefined;
    if (stopped) return;
    seat.isUnable ||= !ended.wasReady;
    const seconds = Math.min(LONGEST_DELAY_SECONDS, 2 ** seat.ends++);
    setTimeout(() => start(seat), 1000 * seconds).unref();
    const { code, message, jobs } = ended;
    log.error(
      { thread: seat.number, code, jobs },
      `a thread ended (${message}); its jobs go back to the queue, and it starts again in ${seconds} s`,
    );
    if (noneCan()) {
      log.warn('no thread can be started: this process runs their steps itself until one can');
      dispatch();
    }
  }

  const noneCan = () => seats.every(({ isUnable }) => isUnable);

  function dispatch(): void {
    const left: Waiting[] = [];
    for (const one of waiting) {
      const seat = freest();
      if (seat?.thread) one.settle(runIn(seat, seat.thread, one.job));
      else if (noneCan()) one.settle(false);
      else left.push(one);
    }
    waiting = left;
  }

  function freest(): Seat | undefined {
    const jobs = ({ thread }: Seat) => thread?.jobs() ?? 0;
    const free = seats.filter((seat) => seat.thread?.isReady() && jobs(seat) < MOST_JOBS);
    return free.sort((a, b) => jobs(a) - jobs(b))[0];
  }

  async function runIn(seat: Seat, thread: Thread, job: ThreadJob): Promise<boolean> {
    try {
      await thread.run(job);
      seat.ends = 0;
      return true;
    } finally {
      dispatch();
    }
  }

  return {
    count,
    atOnce: (step, alone) => (alone > 1 && FOR_THREADS.has(step) ? Math.max(alone, CHUNKS * count) : alone),
    run(job) {
      if (!FOR_THREADS.has(job.step)) return Promise.resolve(false);
      return new Promise((settle) => {
        waiting.push({ job, settle });
        dispatch();
      });
    },
    handOn() {
      handingOn.abort();
      for (const { thread } of seats) thread?.handOn();
    },
    async stop() {
      stopped = true;
      await Promise.all(seats.map(({ thread }) => thread?.close()));
    },
  };
}

/** One log a process, whoever says it. */
function relay(log: Logger, thread: number, line: string): void {
  const { level, time: _, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const label = pino.levels.labels[Number(level)] ?? 'info';
  log[label as Level]({ ...fields, thread }, String(msg ?? ''));
}
