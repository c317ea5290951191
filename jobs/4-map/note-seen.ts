/**
 * Notes which resources a chunk held, for the comparison at the close of a run that reconciles
 * (6-close/compare-seen.ts).
 */
import type { Tx } from '../../sql/connect.ts';
import type { Read } from '../lines/read-lines.ts';

/** Notes what can be told of a chunk; what cannot be told is an obstacle to the comparison. */
export async function noteSeenInTx(
  tx: Tx,
  of: { readonly connectionId: number; readonly runId: number; readonly chunkId: number },
  read: Read,
): Promise<void> {
  const held = [...read.entries, ...read.unreadable].filter((one) => one.type !== null && one.id !== null);
  await tx`
    insert into seen_resources (chunk_id, run_id, resource_keys)
    select ${of.chunkId}, ${of.runId}, coalesce(array_agg(distinct r.resource_key), '{}')
    from unnest(${held.map((one) => one.type) as string[]}::text[], ${held.map((one) => one.id) as string[]}::text[]) as t(type, id)
    cross join lateral (
      select resource_key from resource
      where connection_id = ${of.connectionId} and resource_type = t.type and fhir_id = t.id limit 1
    ) r`;
}
