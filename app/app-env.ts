/**
 * The services that routes work with. They are made once in main.ts (or in a test) and passed in; a route
 * reads `c.var.services`.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { Keyring } from '../jobs/connection/secrets.ts';
import type { Queue } from '../jobs/step/queue.ts';
import type { WholeTick } from '../jobs/tick.ts';
import type { Sql } from '../sql/connect.ts';
import type { Caller } from './caller.ts';
import type { Config } from './config.ts';

export interface Services {
  readonly sql: Sql;
  readonly queue: Queue;
  readonly config: Pick<Config, 'adminToken'> & Partial<Pick<Config, 'tickSecret' | 'vocabularyDir'>>;
  readonly keyring: Keyring;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Runs ready jobs for the given number of seconds. Without it there is no /internal/tick. */
  readonly tick?: ((seconds: number) => Promise<WholeTick>) | undefined;
  /** Who calls, where this process knows by itself: the command line, which speaks to the API without a port. */
  readonly caller?: Caller | undefined;
  /** Used for calls to EHRs; globalThis.fetch when omitted. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

export interface AppEnv {
  Variables: {
    readonly services: Services;
    readonly requestId: string;
    /** Set by auth.ts; before that, nobody. */
    caller: Caller;
  };
}

export type App = OpenAPIHono<AppEnv>;
