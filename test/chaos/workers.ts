/** Worker processes over one database: started, killed, replaced. */
import { type ChildProcess, fork } from 'node:child_process';

export interface WorkerProcess {
  readonly pid: number;
  readonly alive: () => boolean;
  /** Resolves when it takes jobs; also when it died on the way. */
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
  kill(): Promise<void>;
  /** Kills one of its threads, where it has any; the process lives on. */
  killThread(which: number): void;
}

export interface WorkerSettings {
  readonly url: string;
  readonly encryptionKey: string;
  readonly clock: Date;
  /** "before:n" or "after:n": dies at its n-th commit. */
  readonly die?: string;
  /** Threads of each worker. */
  readonly threads: number;
}

const COMPILED = process.env['NODE_COMPILE_CACHE'];

export function startWorkerProcess(settings: WorkerSettings): WorkerProcess {
  const child: ChildProcess = fork(new URL('./worker.ts', import.meta.url).pathname, [], {
    execArgv: [],
    env: {
      PATH: process.env['PATH'],
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
      DATABASE_URL: settings.url,
      ENCRYPTION_KEY: settings.encryptionKey,
      CHAOS_CLOCK: settings.clock.toISOString(),
      CHAOS_DIE: settings.die ?? '',
      WORKER_THREADS: String(settings.threads),
      SEAL_CHUNKS: process.env['SEAL_CHUNKS'] ?? '',
      ...(COMPILED ? { NODE_COMPILE_CACHE: COMPILED } : {}),
    },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()));
  return {
    pid: child.pid ?? 0,
    alive: () => child.exitCode === null && child.signalCode === null,
    ready: Promise.race([ready, gone]),
    gone,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    killThread: (which) => void (child.connected && child.send({ killThread: which })),
  };
}
