/**
 * Words that were asked for (4-hydrate/attachments.ts) stay as long as a document uses them or waits for them: with the
 * last one they go, and are asked for anew should another name them.
 */
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';

export async function forgetAttachmentsInTx(tx: Tx, connectionId: number): Promise<void> {
  const unused = await tx<{ key: number }[]>`
    with unused as materialized (
      select h.connection_id, h.resource_type, h.fhir_id from hydration_request h
      where h.connection_id = ${connectionId} and h.resource_type = 'Binary' and h.state = 'found'
        and not exists (
          select from content_use u
          where u.connection_id = h.connection_id and u.content_type = h.resource_type and u.content_id = h.fhir_id
        )
        and not exists (
          select from waiting w
          where w.connection_id = h.connection_id and w.target_type = h.resource_type and w.target_id = h.fhir_id
        )
    )
    select b.resource_key as key from unused n
    cross join lateral (
      select resource_key from resource
      where connection_id = n.connection_id and resource_type = n.resource_type and fhir_id = n.fhir_id limit 1
    ) b`;
  if (unused.length === 0) return;
  const keys = list(unused.map((one) => one.key));
  await tx`
    delete from hydration_request h using resource b
    where b.resource_key = any(${keys}::bigint[]) and h.connection_id = b.connection_id
      and h.resource_type = b.resource_type and h.fhir_id = b.fhir_id`;
  await tx`delete from resource_history where resource_key = any(${keys}::bigint[])`;
  await tx`delete from resource where resource_key = any(${keys}::bigint[])`;
}
