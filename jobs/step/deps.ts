/** What every step is given. Nothing here holds state that a worker could not lose. */
import type { Logger } from 'pino';
import type { Schemas, Sql } from '../../sql/connect.ts';
import type { Webhook } from '../alerts/webhook.ts';
import type { Keyring } from '../connection/secrets.ts';
import type { Tokens } from '../fhir/token/tokens.ts';
import type { FirstLoads } from '../load/compare/first-load.ts';
import type { ReferenceMemory } from '../load/reference-memory.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import type { Clock } from './clock.ts';
import type { Disk } from './disk.ts';
import type { Queue } from './queue.ts';

export interface Deps {
  readonly sql: Sql;
  readonly schemas: Schemas;
  readonly queue: Queue;
  readonly clock: Clock;
  /** EHR_REFUSE_PRIVATE_NETWORKS: files are not fetched from private addresses, save of hosts that the connection names. */
  readonly refusePrivateNetworks?: boolean | undefined;
  readonly keyring: Keyring;
  readonly tokens: Tokens;
  readonly resolver: Resolver;
  readonly references: ReferenceMemory;
  readonly firstLoads: FirstLoads;
  readonly log: Logger;
  /** Folder from which a vocabulary may be loaded by API; none when left out. */
  readonly vocabularyDir?: string | undefined;
  /** Asked for room before downloads; without it nobody looks. */
  readonly disk?: Disk | undefined;
  /** Where alerts are sent; they are stored without one too. */
  readonly webhook?: Webhook | undefined;
}
