/**
 * What the database knows of a chunk's resources: one statement for all of them. Those that changed are locked and
 * read again, in the order of their keys, so that two chunks with versions of the same resource take turns.
 */
import { createHash } from 'node:crypto';
import type { Tx } from '../../../sql/connect.ts';
import { textArray } from '../../../sql/text-array.ts';
import { ByIdentity } from '../../lines/by-identity.ts';
import type { Entry } from '../../lines/read-lines.ts';
import type { Identifier, Ref } from '../../map/cdm/link.ts';

export interface Known {
  readonly resource_key: number;
  readonly resource_type: string;
  readonly fhir_id: string;
  readonly content_hash: Buffer;
  readonly line_hash: Buffer | null;
  readonly mapping_version_id: number;
  readonly outcome: 'loaded' | 'excluded' | 'failed' | 'parked';
  readonly reason: string | null;
  readonly row_tables: number;
  readonly last_updated: string | null;
  readonly position: number;
  readonly last_run: number;
  /** The version that is known is an incomplete one (SUBSETTED), or none is known, so any may follow. */
  readonly incomplete: boolean;
}

/** The columns of `Known`, of a table `resource` that is called r. */
export const knownColumns = (tx: Tx) => tx`
  r.resource_key, r.resource_type, r.fhir_id, r.content_hash, r.line_hash, r.mapping_version_id, r.outcome, r.reason,
  r.row_tables, r.last_updated, r.position, r.last_run, r.incomplete`;

/** A reference by business identifier names its target by a hash of that; no FHIR id begins with a question mark. */
export const targetId = (ref: Ref): string =>
  ref.identifier ? `?${identifierHash(ref.identifier)}` : ref.id;

export function identifierHash({ system, value }: Identifier): string {
  return createHash('sha256').update(`${system}|${value}`).digest('hex');
}

/**
 * There is never more than one row; `limit 1` keeps the planner at one look into the unique index per resource. A
 * plain join is planned with the statistics of a table that has just grown from nothing, and then reads all of it for
 * each chunk.
 */
export async function readKnown(
  tx: Tx,
  connectionId: number,
  entries: readonly Entry[],
): Promise<ByIdentity<Known>> {
  const known = new ByIdentity<Known>();
  if (entries.length === 0) return known;
  const rows = await tx<Known[]>`
    select ${knownColumns(tx)}
    from unnest(${textArray(entries.map((entry) => entry.type))}::text::text[], ${textArray(entries.map((entry) => entry.id))}::text::text[]) as e(type, id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = e.type and fhir_id = e.id limit 1
    ) r`;
  for (const row of rows) known.set(row.resource_type, row.fhir_id, row);
  return known;
}

/** Locks these; true when all are still as they were read. */
export async function lockKnown(tx: Tx, known: readonly Known[]): Promise<boolean> {
  if (known.length === 0) return true;
  const rows = await tx<{ resource_key: number; content_hash: Buffer; last_run: number; outcome: string }[]>`
    select resource_key, content_hash, last_run, outcome from resource
    where resource_key = any(${known.map((row) => row.resource_key)}::bigint[])
    order by resource_key for update`;
  const now = new Map(rows.map((row) => [row.resource_key, row]));
  return known.every((row) => {
    const current = now.get(row.resource_key);
    return (
      current?.content_hash.equals(row.content_hash) &&
      current.last_run === row.last_run &&
      current.outcome === row.outcome
    );
  });
}

/** Whether it is the content that is known. An empty hash equals no content. */
export function isSame(entry: Entry, known: Known): boolean {
  if (known.content_hash.length === 0) return false;
  return (
    known.line_hash?.toString('hex') === entry.lineHash || known.content_hash.toString('hex') === entry.hash
  );
}

/**
 * Which of two versions is the newer: by meta.lastUpdated where both have it, else the one that stands later in the
 * export. Positive when `a` is.
 */
export function compareVersions(
  a: { lastUpdated: string | null; position: number },
  b: { lastUpdated: string | null; position: number },
): number {
  const times = [a.lastUpdated, b.lastUpdated].map((text) => Date.parse(text ?? ''));
  const [first = Number.NaN, second = Number.NaN] = times;
  if (!Number.isNaN(first) && !Number.isNaN(second) && first !== second) return first - second;
  return a.position - b.position;
}
