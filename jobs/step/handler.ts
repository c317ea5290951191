/**
 * What a step is: a function that is given the dependencies and its job, does its I/O, and then commits once.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Deps } from './deps.ts';
import type { Payload, StepName } from './queue.ts';

export interface StepContext<S extends StepName> {
  readonly payload: Payload<S>;
  /** Commits the step: what `work` writes and the job's completion. */
  commit(work: (tx: Tx) => Promise<void>): Promise<void>;
  /** Commits a checkpoint within a long step; the job goes on. */
  checkpoint(work: (tx: Tx) => Promise<void>): Promise<void>;
  /**
   * Completes the job in a transaction that the handler has opened itself; this must be the last thing in it.
   */
  completeInTx(tx: Tx): Promise<void>;
  /**
   * True when the worker wants to stop or its time is up: the step then commits what it has and sends itself
   * again.
   */
  shouldYield(): boolean;
  /**
   * Fires when the worker must end within seconds: the step then waits for no server any more and sends
   * itself again.
   */
  readonly stopping: AbortSignal | undefined;
}

export type Handler<S extends StepName> = (deps: Deps, step: StepContext<S>) => Promise<void>;

/**
 * How often a step that fails in a way worth repeating is tried: for three quarters of an hour, with the
 * delays of run-step.ts.
 */
export const MAX_ATTEMPTS = 12;
/**
 * Of a step that fails in a way that hardly passes (seconds, in case a deployment or a new vocabulary was under way), or
 * whose every try may cost something at the server.
 */
export const BRIEF_ATTEMPTS = 3;
