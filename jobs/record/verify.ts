/**
 * Checks the record against its chain: that every sealed event is there as it was sealed, that every event is sealed or
 * waits for that, and that no seal is missing or changed. Whoever may write every table could make a whole new chain;
 * an anchor that was kept elsewhere tells.
 */
import type { Sql } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { canonicalText, chained, eventColumns, NO_HASH, type StoredEvent, sha256 } from './events.ts';
import { type Link, lastSeal, type Seal, sealEvents } from './seal.ts';

export const FAULTS = {
  'event-changed': 'The event is not what was sealed.',
  'event-deleted': 'The event is gone.',
  'event-inserted': 'The event was put in behind the record: it has no seal and does not wait for one.',
  'seal-changed': 'The seal does not follow from the one before it.',
  'seal-missing': 'Seals are missing before this one.',
  'tail-cut': 'The anchor names a later seal than there is: the end was cut off.',
  'anchor-differs': 'The anchor has another hash for this seal: the chain was made anew.',
} as const;

export type FaultCode = keyof typeof FAULTS;

export interface Fault {
  readonly code: FaultCode;
  readonly seal_no: number | null;
  readonly event_id: number | null;
}

export interface Verification {
  /** Seals that were looked at. */
  readonly seals: number;
  /** Sealed events of months that were dropped as too old; the record says so itself. */
  readonly dropped: number;
  /** Up to when events may rightly be gone. */
  readonly dropped_before: string | null;
  /** Events that are committed and have no seal yet: nothing can be said of them. */
  readonly unsealed: readonly number[];
  /** The last seal; keep it elsewhere, for the next time. */
  readonly last: Link;
  /** The first of them, in the order of seals. */
  readonly faults: readonly Fault[];
}

const BATCH = 2000;
/** More say no more. */
const MOST_FAULTS = 200;

/** Seals what is committed first, so that what it names as unsealed came meanwhile. */
export async function verifyRecord(
  deps: { readonly sql: Sql; readonly clock: Clock },
  options: { readonly anchor?: Link | undefined } = {},
): Promise<Verification> {
  await sealEvents(deps);
  const { sql } = deps;
  const last = await lastSeal(sql);
  const horizon = await droppedBefore(sql);
  const chain = new Chain(horizon);
  for (let after = 0; after < last.seal_no && chain.faults.length < MOST_FAULTS; ) {
    const rows = await readSeals(sql, after, last.seal_no);
    for (const row of rows) chain.add(row);
    after = rows.at(-1)?.seal_no ?? last.seal_no;
  }
  const { inserted, gone, waiting } = await unsealedEvents(sql);
  const faults = [
    ...chain.faults,
    ...inserted.map((event_id) => fault('event-inserted', null, event_id)),
    ...gone.map((event_id) => fault('event-deleted', null, event_id)),
    ...(options.anchor ? await compareAnchor(sql, options.anchor, last) : []),
  ];
  return {
    ...{ seals: chain.seals, dropped: chain.dropped, dropped_before: horizon, unsealed: waiting, last },
    faults: faults.slice(0, MOST_FAULTS),
  };
}

const fault = (code: FaultCode, seal_no: number | null, event_id: number | null): Fault => ({
  ...{ code, seal_no, event_id },
});

interface SealRow extends Seal {
  /** UTC, as an event has it. */
  readonly event_at: string;
  /** Null when the event is gone. */
  readonly event: StoredEvent | null;
}

class Chain {
  readonly faults: Fault[] = [];
  seals = 0;
  dropped = 0;
  #before: Link = { seal_no: 0, hash: NO_HASH };
  readonly #horizon: string | null;

  constructor(horizon: string | null) {
    this.#horizon = horizon;
  }

  add(row: SealRow): void {
    this.seals += 1;
    if (row.seal_no !== this.#before.seal_no + 1) this.#blame('seal-missing', row);
    else if (row.hash !== chained(this.#before.hash, row.event_hash)) this.#blame('seal-changed', row);
    if (row.event === null) {
      if (this.#horizon !== null && row.event_at < this.#horizon) this.dropped += 1;
      else this.#blame('event-deleted', row);
    } else if (sha256(canonicalText(row.event)) !== row.event_hash) this.#blame('event-changed', row);
    this.#before = row;
  }

  #blame(code: FaultCode, { seal_no, event_id }: SealRow): void {
    this.faults.push(fault(code, seal_no, event_id));
  }
}

async function readSeals(sql: Sql, after: number, upTo: number): Promise<SealRow[]> {
  const seals = await sql<Omit<SealRow, 'event'>[]>`
    select seal_no, event_id, event_hash, hash,
      to_char(event_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as event_at
    from audit_seal where seal_no > ${after} and seal_no <= ${upTo}
    order by seal_no limit ${BATCH}`;
  const events = await sql<StoredEvent[]>`
    select ${eventColumns(sql)} from audit_event e
    where e.event_id = any(${seals.map((one) => one.event_id)}::bigint[])`;
  const known = new Map<number, StoredEvent[]>();
  for (const event of events) known.set(event.event_id, [...(known.get(event.event_id) ?? []), event]);
  return seals.map((seal) => {
    const twins = known.get(seal.event_id) ?? [];
    return { ...seal, event: twins.find((one) => one.at === seal.event_at) ?? twins[0] ?? null };
  });
}

/**
 * As the drops that are themselves sealed say. The last year is never dropped, so an event that says so was not made by a
 * drop.
 */
async function droppedBefore(sql: Sql): Promise<string | null> {
  const [row] = await sql<{ before: string | null }[]>`
    select max(e.details ->> 'before') as before from audit_event e join audit_seal s using (event_id)
    where e.object = 'audit' and e.action = 'audit.drop'
      and e.details ->> 'before' <=
        to_char((least(e.at, now()) - interval '1 year') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  return row?.before ?? null;
}

interface Unsealed {
  readonly waiting: number[];
  readonly inserted: number[];
  readonly gone: number[];
}

/** One statement, so that what is being sealed is seen either before or after. */
async function unsealedEvents(sql: Sql): Promise<Unsealed> {
  const rows = await sql<{ event_id: number; there: boolean; waits: boolean }[]>`
    select coalesce(e.event_id, u.event_id) as event_id, e.event_id is not null as there,
      u.event_id is not null as waits
    from audit_event e
    full join audit_unsealed u on u.event_id = e.event_id
    where not exists (
      select 1 from audit_seal s
      where s.event_id = coalesce(e.event_id, u.event_id) and (e.at is null or s.event_at = e.at)
    )
    order by 1`;
  const ids = (wanted: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(wanted).map((row) => row.event_id);
  return {
    waiting: ids((row) => row.there && row.waits),
    inserted: ids((row) => row.there && !row.waits),
    gone: ids((row) => !row.there),
  };
}

async function compareAnchor(sql: Sql, anchor: Link, last: Link): Promise<Fault[]> {
  if (anchor.seal_no === 0) return [];
  if (anchor.seal_no > last.seal_no) return [fault('tail-cut', anchor.seal_no, null)];
  const [seal] = await sql<Seal[]>`
    select seal_no, event_id, event_hash, hash from audit_seal where seal_no = ${anchor.seal_no}`;
  return seal?.hash === anchor.hash ? [] : [fault('anchor-differs', anchor.seal_no, seal?.event_id ?? null)];
}
