/**
 * What people have said of breaks of the record: "we know of this one, and why". An acknowledgement is an event like any
 * other, sealed, and names each fault with the hash of what was found; so it covers that fault and no later change.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { canonicalText, eventColumns, type StoredEvent, sha256 } from './events.ts';
import type { Link } from './seal.ts';

export const ACKNOWLEDGE = 'audit.acknowledge';
export const RECORD = 'audit';

export interface Acknowledgement {
  /** The event that says so. */
  readonly event_id: number;
}

interface Named {
  readonly code: unknown;
  readonly seal_no: unknown;
  readonly event_id: unknown;
  readonly found: unknown;
}

/** What two faults are the same by. */
export const faultKey = ({ code, seal_no, event_id, found }: Named): string =>
  JSON.stringify([code, seal_no, event_id, found]);

/** By faultKey. An event that is not what its seal says acknowledges nothing. */
export async function acknowledgements(sql: Sql | Tx, last: Link): Promise<Map<string, Acknowledgement>> {
  const events = await sql<(StoredEvent & { event_hash: string })[]>`
    select ${eventColumns(sql)}, s.event_hash from audit_event e join audit_seal s using (event_id)
    where e.object = ${RECORD} and e.action = ${ACKNOWLEDGE} and e.outcome = 'done'
      and s.seal_no between 1 and ${last.seal_no}
    order by e.event_id`;
  const known = new Map<string, Acknowledgement>();
  for (const { event_hash, ...event } of events) {
    if (sha256(canonicalText(event)) !== event_hash) continue;
    for (const named of faultsOf(event.details)) known.set(faultKey(named), { event_id: event.event_id });
  }
  return known;
}

function faultsOf(details: unknown): Named[] {
  const faults: unknown = typeof details === 'object' && details !== null && Reflect.get(details, 'faults');
  return Array.isArray(faults) ? faults.filter((one) => typeof one === 'object' && one !== null) : [];
}
