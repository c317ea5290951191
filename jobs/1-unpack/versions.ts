/**
 * Bundles of type history hold every version of a resource, the newest first, and its deletions among them. Of each
 * resource only the newest counts: of two versions by the time of both, else by the number of both, else by what stands
 * first. Deletions often have no time.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { textArray } from '../../sql/text-array.ts';
import { ByIdentity } from '../lines/by-identity.ts';
import { type Item, isNamed } from './items.ts';

export interface Version {
  readonly type: string;
  readonly id: string;
  readonly updated: string | null;
  readonly version: string | null;
  readonly source_no: number;
  readonly entry_no: number;
}

export function versionOf(
  item: Item,
  { source_no, entry_no }: { readonly source_no: number; readonly entry_no: number },
): Version[] {
  if (!isNamed(item) || item.kind === 'error') return [];
  const { type, id } = item;
  const time = Date.parse(item.updated ?? '');
  const iso = Number.isNaN(time) ? '' : new Date(time).toISOString();
  // JavaScript knows of years that Postgres does not.
  const updated = /^(?!0000)\d{4}-/.test(iso) ? iso : null;
  const version = /^\d{1,18}$/.test(item.version ?? '') ? item.version : null;
  return [{ type, id, updated, version, source_no, entry_no }];
}

export async function storeVersionsInTx(tx: Tx, runId: number, all: readonly Version[]): Promise<void> {
  if (all.length === 0) return;
  const newest = new ByIdentity<Version>();
  for (const one of all) {
    const before = newest.get(one.type, one.id);
    if (!before || isNewer(one, before)) newest.set(one.type, one.id, one);
  }
  // What is there already stands before all of these; the condition is that of isNewer().
  await tx`
    insert into import_version as b (run_id, resource_type, fhir_id, updated, version, source_no, entry_no)
    select ${runId}, v.type, v.id, v.updated, v.version, v.source_no, v.entry_no
    from jsonb_to_recordset(${tx.json([...newest.values()].map((one) => ({ ...one })))})
      as v(type text, id text, updated timestamptz, version numeric, source_no integer, entry_no bigint)
    on conflict (run_id, resource_type, fhir_id) do update
    set updated = excluded.updated, version = excluded.version, source_no = excluded.source_no,
      entry_no = excluded.entry_no
    where case when excluded.updated <> b.updated then excluded.updated > b.updated
      else coalesce(excluded.version > b.version, false) end`;
}

/** `other` stands before it. */
function isNewer(one: Version, other: Version): boolean {
  if (one.updated !== null && other.updated !== null && one.updated !== other.updated)
    return one.updated > other.updated;
  return one.version !== null && other.version !== null && BigInt(one.version) > BigInt(other.version);
}

/** Which of these are not the newest: their places in the list. */
export async function olderOf(
  sql: Sql,
  runId: number,
  all: readonly Version[],
): Promise<ReadonlySet<number>> {
  if (all.length === 0) return new Set();
  const rows = await sql<{ n: number }[]>`
    select (s.n - 1)::int as n
    from unnest(${textArray(all.map((one) => one.type))}::text::text[], ${textArray(all.map((one) => one.id))}::text::text[],
      ${all.map((one) => one.source_no)}::int[], ${all.map((one) => one.entry_no)}::bigint[])
      with ordinality as s(type, id, source_no, entry_no, n)
    join import_version v on v.run_id = ${runId} and v.resource_type = s.type and v.fhir_id = s.id
    where (v.source_no, v.entry_no) <> (s.source_no, s.entry_no)`;
  return new Set(rows.map((row) => row.n));
}
