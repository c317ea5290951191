/**
 * Chains committed events by hash, soon after their commit and apart from it. An event whose transaction commits late
 * is sealed late: the chain is in the order of sealing, not of ids, and ids may have gaps from what was rolled back.
 * One process seals at a time, by an advisory lock that lasts as long as the seals of a batch are written.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import {
  type Bound,
  canonicalText,
  chained,
  eventColumns,
  NO_HASH,
  SEAL_VERSION,
  type StoredEvent,
  sha256,
} from './events.ts';

const BATCH = 1000;

export interface Link {
  readonly seal_no: number;
  readonly hash: string;
}

export interface Seal extends Link, Bound {}

/** The columns of a Seal. Numbers of bogus ones may be larger than JavaScript holds. */
export const sealColumns = (sql: Sql | Tx) => sql`
  least(seal_no, ${Number.MAX_SAFE_INTEGER}) as seal_no, hash, version, event_hash,
  least(event_id, ${Number.MAX_SAFE_INTEGER}) as event_id,
  to_char(event_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as event_at`;

interface SealingDeps {
  readonly sql: Sql;
  readonly clock: Clock;
}

/** Seals all that is committed, and returns how many events that was. Waits for another who seals. */
export async function sealEvents(deps: SealingDeps): Promise<number> {
  let all = 0;
  for (;;) {
    const sealed = await deps.sql.begin((tx) => sealBatchInTx(tx, deps.clock()));
    all += sealed;
    if (sealed < BATCH) return all;
  }
}

/** Held until the transaction ends. Installations in other schemas of the database have locks of their own. */
export async function lockChainInTx(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('audit-chain:' || current_schema(), 0))`;
}

/**
 * The end of the chain. A seal has an event of its own, so no number is above those that events were given: one that is
 * was put in, and the chain does not go on from it.
 */
export async function lastSeal(sql: Sql | Tx): Promise<Link> {
  const [last] = await sql<Link[]>`
    select seal_no, hash from audit_seal where seal_no between 1 and ${await eventsNumbered(sql)}
    order by seal_no desc limit 1`;
  return last ?? { seal_no: 0, hash: NO_HASH };
}

async function eventsNumbered(sql: Sql | Tx): Promise<number> {
  const [row] = await sql<{ last: number | null }[]>`
    select last_value as last from pg_sequences
    where schemaname = current_schema() and sequencename = 'audit_event_id'`;
  return row?.last ?? 0;
}

async function sealBatchInTx(tx: Tx, now: Date): Promise<number> {
  await lockChainInTx(tx);
  // A statement of its own: it sees what the one who held the lock before has committed.
  const events = await tx<StoredEvent[]>`
    select distinct on (e.event_id) ${eventColumns(tx)}
    from audit_unsealed u join audit_event e using (event_id)
    where not exists (select 1 from audit_seal s where s.event_id = u.event_id)
    order by e.event_id, e.at
    limit ${BATCH}`;
  if (events.length === 0) return 0;
  const last = await lastSeal(tx);
  await passNumbersInTx(tx, last.seal_no + events.length);
  const seals = chainOn(last, events);
  const column = <Name extends keyof Seal>(name: Name) => seals.map((one) => one[name]);
  await tx`
    insert into audit_seal (version, seal_no, event_id, event_at, event_hash, hash, sealed_at)
    select ${SEAL_VERSION}, seal_no, event_id, event_at::timestamptz, event_hash, hash, ${now}
    from unnest(
      ${column('seal_no')}::bigint[], ${column('event_id')}::bigint[], ${column('event_at')}::text[],
      ${column('event_hash')}::text[], ${column('hash')}::text[]
    ) as s (seal_no, event_id, event_at, event_hash, hash)`;
  await tx`delete from audit_unsealed where event_id = any(${column('event_id')}::bigint[])`;
  return events.length;
}

/** After a seal that was put in with a later number than its turn, events get later ones, too. */
async function passNumbersInTx(tx: Tx, last: number): Promise<void> {
  const missing = last - (await eventsNumbered(tx));
  if (missing > 0) await tx`select nextval('audit_event_id') from generate_series(1, ${missing}::bigint)`;
}

function chainOn(last: Link, events: readonly StoredEvent[]): Seal[] {
  let { seal_no, hash } = last;
  return events.map((event) => {
    const { event_id, at: event_at } = event;
    const bound = { version: SEAL_VERSION, event_id, event_at, event_hash: sha256(canonicalText(event)) };
    seal_no += 1;
    hash = chained(hash, bound);
    return { ...bound, seal_no, hash };
  });
}
