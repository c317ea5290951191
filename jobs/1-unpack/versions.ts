/**
 * Bundles of type history hold every version of a resource, the newest first, and its deletions among them. Of each
 * resource only the newest counts: by the time that the server says, else by its number, else by what stands first.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { textArray } from '../../sql/text-array.ts';
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
  const updated = Number.isNaN(time) ? null : new Date(time).toISOString();
  const version = /^\d{1,18}$/.test(item.version ?? '') ? item.version : null;
  return [{ type, id, updated, version, source_no, entry_no }];
}

export async function storeVersionsInTx(tx: Tx, runId: number, all: readonly Version[]): Promise<void> {
  if (all.length === 0) return;
  await tx`
    with sent as (
      select v.* from jsonb_to_recordset(${tx.json(all.map((one) => ({ ...one })))})
        as v(type text, id text, updated timestamptz, version numeric, source_no integer, entry_no bigint)
    ), before as (
      select b.resource_type as type, b.fhir_id as id, b.updated, b.version, b.source_no, b.entry_no
      from import_version b join (select distinct type, id from sent) s on b.resource_type = s.type and b.fhir_id = s.id
      where b.run_id = ${runId}
    ), newest as (
      select distinct on (type, id) * from (select * from sent union all select * from before) v
      order by type, id, updated desc nulls last, version desc nulls last, source_no, entry_no
    )
    insert into import_version (run_id, resource_type, fhir_id, updated, version, source_no, entry_no)
    select ${runId}, type, id, updated, version, source_no, entry_no from newest
    on conflict (run_id, resource_type, fhir_id) do update
    set updated = excluded.updated, version = excluded.version, source_no = excluded.source_no,
      entry_no = excluded.entry_no`;
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
