/**
 * What is said between the thread of the process and those beside it. A thread is given what it opens its own
 * connections with, and jobs; it answers how they ended.
 */
import type { Schemas } from '../../sql/connect.ts';
import type { Environment } from '../../sql/settings/setting.ts';
import type { Keyring } from '../connection/keyring.ts';
import type { StepName } from '../step/queue.ts';

/** What a thread begins with. It stays in the memory of this process, secrets included. */
export interface ThreadData {
  readonly env: Environment;
  /** Of the database, as workers sign in to it. */
  readonly url: string;
  readonly schemas: Schemas;
  readonly keyring: Keyring;
  readonly logLevel: string;
}

export interface ThreadJob {
  readonly step: StepName;
  readonly job: { readonly id: string; readonly retryCount: number; readonly data: unknown };
}

export type ToThread =
  | ({ readonly is: 'job'; readonly n: number } & ThreadJob)
  /** Long steps commit what they have and hand themselves on. */
  | { readonly is: 'stopping' }
  /** Nothing more comes: it closes what it has opened, and ends. */
  | { readonly is: 'close' };

export type FromThread =
  | { readonly is: 'ready' }
  /** It is not stuck. */
  | { readonly is: 'alive' }
  /** A line for the log, as JSON. */
  | { readonly is: 'log'; readonly line: string }
  | { readonly is: 'done'; readonly n: number }
  /** The job ended without a commit. Code and message may be stored and shown. */
  | { readonly is: 'failed'; readonly n: number; readonly code: string; readonly message: string }
  /** It cannot start, or go on, and ends. */
  | { readonly is: 'broken'; readonly code: string; readonly message: string };

/** How often a thread says that it is alive. */
export const ALIVE_MS = 5000;
