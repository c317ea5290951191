/** What every step is given. Nothing here holds state that a worker cannot afford to lose. */
import type { Logger } from 'pino';
import type { Schemas, Sql } from '../../sql/connect.ts';
import type { Webhook } from '../alerts/webhook.ts';
import type { Keyring } from '../connection/keyring.ts';
import type { Tokens } from '../fhir/token/tokens.ts';
import type { FirstLoads } from '../load/compare/first-load.ts';
import type { ReferenceMemory } from '../load/reference-memory.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { RecordSettings } from '../record/settings.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import type { Clock } from './clock.ts';
import type { Disk } from './disk.ts';
import type { Meters } from './meters.ts';
import type { Queue } from './queue.ts';
import type { Traces } from './traces.ts';

export interface Deps {
  readonly sql: Sql;
  /**
   * The owner of the tables, for what makes and renames them (vocabularies and their search); left out where `sql` is
   * theirs.
   */
  readonly owner?: Sql | undefined;
  readonly schemas: Schemas;
  readonly queue: Queue;
  readonly clock: Clock;
  /** For all calls that leave this program. */
  readonly outbound: Outbound;
  readonly keyring: Keyring;
  readonly tokens: Tokens;
  readonly resolver: Resolver;
  readonly references: ReferenceMemory;
  readonly firstLoads: FirstLoads;
  readonly log: Logger;
  /** Folder from which a vocabulary may be loaded through the API; without it none may. */
  readonly vocabularyDir?: string | undefined;
  /** Checks for room before downloads and vocabulary loads; without it nothing is checked. */
  readonly disk?: Disk | undefined;
  /** Audiences of assertions besides a connection's own servers (ALLOWED_AUDIENCES). */
  readonly allowedAudiences?: readonly string[] | undefined;
  /** How the record is kept and given out; DEFAULT_RECORD when left out. */
  readonly record?: RecordSettings | undefined;
  /** Nothing is measured where it is left out. */
  readonly meters?: Meters | undefined;
  /** Nothing is traced where it is left out. */
  readonly traces?: Traces | undefined;
  /** Where alerts are sent; they are stored even without it. */
  readonly webhook?: Webhook | undefined;
}

/** Whoever may make and rename tables. */
export const ownerOf = ({ sql, owner }: Pick<Deps, 'sql' | 'owner'>): Sql => owner ?? sql;
