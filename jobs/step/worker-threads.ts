/** How many threads a worker has. */
import { availableParallelism } from 'node:os';
import { WORKERS } from '../../sql/settings/program.ts';
import type { Environment } from '../../sql/settings/setting.ts';
import { readSettings } from './settings.ts';

/** More are for whoever has measured that Postgres keeps up with them. */
const MOST_BY_ITSELF = 4;

/**
 * WORKER_THREADS, or what suits this machine: a core is left to Postgres, and one to the process itself. On two cores a
 * thread costs its start and its memory and gains next to nothing (jobs/PERFORMANCE.md), so there is none.
 */
export function threadsOf(env: Environment, cores: number = availableParallelism()): number {
  return readSettings(WORKERS, env).WORKER_THREADS ?? Math.max(0, Math.min(MOST_BY_ITSELF, cores - 2));
}

/** The environment, in which what a command was told wins; it is checked with all the rest. */
export function withThreads(env: NodeJS.ProcessEnv, told: string | undefined): NodeJS.ProcessEnv {
  return told === undefined ? env : { ...env, WORKER_THREADS: told };
}
