/** Says of breaks of the record that a person knows of them. What is not broken cannot be acknowledged in advance. */
import type { Sql } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Facts } from './record.ts';
import { type Fault, MOST_FAULTS, verifyRecord } from './verify.ts';

/** Both ends included. Faults of events that never had a seal are named by the number of the event. */
export interface Range {
  readonly of: 'seals' | 'events';
  readonly from: number;
  readonly to: number;
}

/** Reads "12-15" or "12". Fails with `audit-range-invalid`. */
export function readRange(of: Range['of'], text: string): Range {
  const [, first, second = first] = /^(\d{1,16})(?:-(\d{1,16}))?$/.exec(text.trim()) ?? [];
  const [from, to] = [Number(first), Number(second)];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to)
    throw syncError('audit-range-invalid');
  return { of, from, to };
}

/** What the event will say: fails with `audit-range-whole` where nothing in the range is broken and open. */
export async function breaksIn(
  deps: { readonly sql: Sql; readonly clock: Clock },
  { of, from, to }: Range,
): Promise<{ readonly faults: readonly Fault[]; readonly facts: Facts }> {
  const wanted = ({ seal_no, event_id }: Fault): boolean => {
    const number = of === 'seals' ? seal_no : seal_no === null ? event_id : null;
    return number !== null && number >= from && number <= to;
  };
  const { faults } = await verifyRecord(deps, { wanted });
  const range = from === to ? String(from) : `${from}-${to}`;
  if (faults.length === 0) throw syncError('audit-range-whole', { of, range });
  if (faults.length >= MOST_FAULTS)
    throw syncError('audit-range-too-broken', { of, range, most: MOST_FAULTS - 1 });
  return { faults, facts: { [of]: range, faults: faults.map((one) => ({ ...one })) } };
}
