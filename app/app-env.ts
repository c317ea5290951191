/**
 * The services that routes work with. They are made once in main.ts (or in a test) and passed in; a route
 * reads `c.var.services`.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { Webhook } from '../jobs/alerts/webhook.ts';
import type { Keyring } from '../jobs/connection/keyring.ts';
import type { TestStep } from '../jobs/operator/test-connection.ts';
import type { Outbound } from '../jobs/outbound/outbound.ts';
import type { Meters } from '../jobs/step/meters.ts';
import type { Queue } from '../jobs/step/queue.ts';
import type { Traces } from '../jobs/step/traces.ts';
import type { WholeTick } from '../jobs/tick.ts';
import type { Schemas, Sql } from '../sql/connect.ts';
import type { Oidc } from './auth/oidc.ts';
import type { Caller } from './caller.ts';
import type { Config } from './config.ts';

export interface Services {
  readonly sql: Sql;
  readonly schemas: Schemas;
  readonly queue: Queue;
  /** Logins that this process works by, with the role of each; the API's own when left out. */
  readonly logins?: readonly { readonly role: 'api' | 'worker'; readonly sql: Sql }[] | undefined;
  readonly config: Pick<Config, 'adminToken'> & Partial<Config>;
  readonly keyring: Keyring;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Runs ready jobs for the given number of seconds. Without it there is no /internal/tick. */
  readonly tick?: ((seconds: number) => Promise<WholeTick>) | undefined;
  /** Nothing is measured where it is left out. */
  readonly meters?: Meters | undefined;
  /** Nothing is traced where it is left out. */
  readonly traces?: Traces | undefined;
  /** The identity provider. Without one, people sign in by one-time addresses only. */
  readonly oidc?: Oidc | undefined;
  /** Where alerts are sent; nowhere where it is left out. */
  readonly webhook?: Webhook | undefined;
  /** ALLOWED_AUDIENCES; none when left out. */
  readonly allowedAudiences?: readonly string[] | undefined;
  /** For calls to EHRs. */
  readonly outbound: Outbound;
  /** Who calls, where this process knows by itself: the command line, which speaks to the API without a port. */
  readonly caller?: Caller | undefined;
}

/** What the server knows of the connection (see @hono/node-server); nothing where there is no server. */
interface Incoming {
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean | undefined };
}

/** What a page of ours brings along for the person when it asks the API (inside.ts). */
export interface Inside {
  readonly caller: Caller;
  readonly requestId: string;
  /** Is told of each step of a connection's test when it has ended, so that a page can show it. */
  readonly onStep?: ((step: TestStep) => void) | undefined;
}

export interface AppEnv {
  Bindings: {
    readonly incoming?: Incoming | undefined;
    /** Of requests that a page of ours makes of the API (inside.ts). */
    readonly inside?: Inside | undefined;
  };
  Variables: {
    readonly services: Services;
    /** Ours, never the caller's. */
    requestId: string;
    /** What the caller calls the request (X-Request-Id), bounded and cleaned. */
    callersRequestId: string | undefined;
    /** Where the request came from; null where that is not known. */
    address: string | null;
    /** Whether the client speaks TLS, with us or with a trusted proxy. */
    secure: boolean;
    /** Set by auth/authenticate.ts; before that, nobody. */
    caller: Caller;
  };
}

export type App = OpenAPIHono<AppEnv>;
