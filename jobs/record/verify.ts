/**
 * Checks the record against its chain: that every sealed event is there as it was sealed, that every event is sealed or
 * waits for that, and that no seal is missing or changed. Whoever may write every table could make a whole new chain;
 * an anchor that was kept elsewhere tells.
 */
import type { Sql } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { type Acknowledgement, acknowledgements, faultKey } from './acknowledgements.ts';
import { canonicalText, chained, eventColumns, NO_HASH, type StoredEvent, sha256 } from './events.ts';
import { type Link, lastSeal, type Seal, sealColumns, sealEvents } from './seal.ts';

export const FAULTS = {
  'event-changed': 'The event is not what was sealed.',
  'event-deleted': 'The event is gone.',
  'event-inserted': 'The event was put in behind the record: it has no seal and does not wait for one.',
  'seal-changed': 'The seal does not follow from the one before it.',
  'seal-missing': 'Seals are missing before this one.',
  'seal-inserted': 'The seal was put in beyond the chain: no event was ever given such a number.',
  'tail-cut': 'The anchor names a later seal than there is: the end was cut off.',
  'anchor-differs': 'The anchor has another hash for this seal: the chain was made anew.',
} as const;

export type FaultCode = keyof typeof FAULTS;

export interface Fault {
  readonly code: FaultCode;
  readonly seal_no: number | null;
  readonly event_id: number | null;
  /** Hash of what stands there now, so that another change of the same is another fault. */
  readonly found: string;
}

export interface AcknowledgedFault extends Fault {
  /** Event that says who has acknowledged it, when and why. */
  readonly acknowledged_by: number;
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
  /** The first of them, in the order of seals, without those that are acknowledged. */
  readonly faults: readonly Fault[];
  /** Faults that a person has acknowledged, and that are still what they were then. */
  readonly acknowledged: readonly AcknowledgedFault[];
}

const BATCH = 2000;
/** More say no more. */
export const MOST_FAULTS = 200;

export interface VerifyOptions {
  readonly anchor?: Link | undefined;
  /** Faults that are asked about; all when left out. */
  readonly wanted?: ((fault: Fault) => boolean) | undefined;
}

/** Seals what is committed first, so that what it names as unsealed came meanwhile. */
export async function verifyRecord(
  deps: { readonly sql: Sql; readonly clock: Clock },
  { anchor, wanted }: VerifyOptions = {},
): Promise<Verification> {
  await sealEvents(deps);
  const { sql } = deps;
  const last = await lastSeal(sql);
  const horizon = await droppedBefore(sql, last);
  const faults = new Faults(await acknowledgements(sql, last), wanted);
  const chain = new Chain(horizon, faults);
  for (let after = 0; after < last.seal_no && !faults.isFull; ) {
    const rows = await readSeals(sql, after, last.seal_no);
    for (const row of rows) chain.add(row);
    after = rows.at(-1)?.seal_no ?? last.seal_no;
  }
  for (const one of await sealsBeyond(sql, last)) faults.add(one);
  const { inserted, gone, waiting } = await unsealedEvents(sql);
  for (const event of inserted) {
    faults.add(fault('event-inserted', null, event.event_id, sha256(canonicalText(event))));
  }
  for (const event_id of gone) faults.add(fault('event-deleted', null, event_id, NO_HASH));
  if (anchor) for (const one of await compareAnchor(sql, anchor, last)) faults.add(one);
  return {
    ...{ seals: chain.seals, dropped: chain.dropped, dropped_before: horizon, unsealed: waiting, last },
    ...{ faults: faults.open.slice(0, MOST_FAULTS), acknowledged: faults.acknowledged },
  };
}

const fault = (code: FaultCode, seal_no: number | null, event_id: number | null, found: string): Fault => ({
  code,
  seal_no,
  event_id,
  found,
});

/** Sorts out what somebody has acknowledged, which is what it was then to the last bit. */
class Faults {
  readonly open: Fault[] = [];
  readonly acknowledged: AcknowledgedFault[] = [];
  readonly #known: ReadonlyMap<string, Acknowledgement>;
  readonly #wanted: (fault: Fault) => boolean;

  constructor(known: ReadonlyMap<string, Acknowledgement>, wanted: (fault: Fault) => boolean = () => true) {
    this.#known = known;
    this.#wanted = wanted;
  }

  get isFull(): boolean {
    return this.open.length >= MOST_FAULTS;
  }

  add(one: Fault): void {
    if (!this.#wanted(one)) return;
    const known = this.#known.get(faultKey(one));
    if (known) this.acknowledged.push({ ...one, acknowledged_by: known.event_id });
    else this.open.push(one);
  }
}

interface SealRow extends Seal {
  /** Null when the event is gone. */
  readonly event: StoredEvent | null;
}

class Chain {
  seals = 0;
  dropped = 0;
  #before: Link = { seal_no: 0, hash: NO_HASH };
  readonly #horizon: string | null;
  readonly #faults: Faults;

  constructor(horizon: string | null, faults: Faults) {
    this.#horizon = horizon;
    this.#faults = faults;
  }

  add(row: SealRow): void {
    this.seals += 1;
    if (row.seal_no !== this.#before.seal_no + 1) this.#blame('seal-missing', row, this.#linkHash(row));
    else if (row.hash !== chained(this.#before.hash, row))
      this.#blame('seal-changed', row, this.#linkHash(row));
    if (row.event === null) {
      if (this.#horizon !== null && row.event_at < this.#horizon) this.dropped += 1;
      else this.#blame('event-deleted', row, row.event_hash);
    } else {
      const found = sha256(canonicalText(row.event));
      if (found !== row.event_hash) this.#blame('event-changed', row, found);
    }
    this.#before = row;
  }

  /** Of a seal as it stands, and of the one before it, from which it does not follow. */
  #linkHash(row: SealRow): string {
    return sha256(`${this.#before.seal_no}:${this.#before.hash}:${sealHash(row)}`);
  }

  #blame(code: FaultCode, { seal_no, event_id }: SealRow, found: string): void {
    this.#faults.add(fault(code, seal_no, event_id, found));
  }
}

const sealHash = ({ seal_no, event_id, event_hash, hash }: Seal): string =>
  sha256(`${seal_no}:${event_id}:${event_hash}:${hash}`);

/** Seals that are no part of the chain. */
async function sealsBeyond(sql: Sql, last: Link): Promise<Fault[]> {
  const rows = await sql<(Seal & { written: string })[]>`
    select ${sealColumns(sql)}, seal_no || ':' || event_id || ':' || event_at as written
    from audit_seal s where s.seal_no < 1 or s.seal_no > ${last.seal_no}
    order by s.seal_no`;
  return rows.map((row) =>
    fault('seal-inserted', row.seal_no, row.event_id, sha256(`${row.written}:${sealHash(row)}`)),
  );
}

async function readSeals(sql: Sql, after: number, upTo: number): Promise<SealRow[]> {
  const seals = await sql<Omit<SealRow, 'event'>[]>`
    select ${sealColumns(sql)} from audit_seal where seal_no > ${after} and seal_no <= ${upTo}
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
async function droppedBefore(sql: Sql, last: Link): Promise<string | null> {
  const [row] = await sql<{ before: string | null }[]>`
    select max(e.details ->> 'before') as before from audit_event e join audit_seal s using (event_id)
    where e.object = 'audit' and e.action = 'audit.drop' and s.seal_no between 1 and ${last.seal_no}
      and e.details ->> 'before' <=
        to_char((least(e.at, now()) - interval '1 year') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  return row?.before ?? null;
}

interface Unsealed {
  readonly waiting: number[];
  readonly inserted: StoredEvent[];
  readonly gone: number[];
}

/** One statement, so that what is being sealed is seen either before or after. */
async function unsealedEvents(sql: Sql): Promise<Unsealed> {
  const rows = await sql<(StoredEvent & { number: number; there: boolean; waits: boolean })[]>`
    select coalesce(e.event_id, u.event_id) as number, e.event_id is not null as there,
      u.event_id is not null as waits, ${eventColumns(sql)}
    from audit_event e
    full join audit_unsealed u on u.event_id = e.event_id
    where not exists (
      select 1 from audit_seal s
      where s.event_id = coalesce(e.event_id, u.event_id) and (e.at is null or s.event_at = e.at)
    )
    order by 1, e.at`;
  return {
    waiting: rows.filter((row) => row.there && row.waits).map((row) => row.number),
    inserted: rows.filter((row) => row.there && !row.waits),
    gone: rows.filter((row) => !row.there).map((row) => row.number),
  };
}

async function compareAnchor(sql: Sql, anchor: Link, last: Link): Promise<Fault[]> {
  if (anchor.seal_no === 0) return [];
  if (anchor.seal_no > last.seal_no) return [fault('tail-cut', anchor.seal_no, null, last.hash)];
  const [seal] = await sql<Seal[]>`
    select ${sealColumns(sql)} from audit_seal where seal_no = ${anchor.seal_no}`;
  if (seal?.hash === anchor.hash) return [];
  return [fault('anchor-differs', anchor.seal_no, seal?.event_id ?? null, seal?.hash ?? NO_HASH)];
}
