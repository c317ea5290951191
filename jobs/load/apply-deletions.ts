/**
 * The manifest's `deleted` files: Bundles of type transaction whose entries are DELETE requests. What is deleted at
 * the source takes its rows along; its identity stays, so that it keeps its ids if it ever comes back. Ids we never
 * had are fine. Most servers never send such files (see the README on reconciling).
 */
import type { Tx } from '../../sql/connect.ts';
import type { BatchContext } from './batch.ts';
import { detachInTx } from './detach.ts';
import { forgetDetailsInTx } from './details.ts';
import { openLedger } from './ledger.ts';
import { deleteRowsInTx } from './write.ts';

export async function applyDeletions(tx: Tx, context: BatchContext, text: Buffer): Promise<void> {
  const ledger = openLedger();
  const targets: { type: string; id: string }[] = [];
  for (const line of text.toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    const found = deletionsOf(line);
    if (found) targets.push(...found);
    else {
      await tx`
        insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason)
        values (${context.connectionId}, ${context.runId}, ${context.chunkId}, 0, 'Bundle', 'deletion-unreadable')`;
    }
  }
  const gone = await tx<{ key: number; row_tables: number; type: string }[]>`
    select r.resource_key as key, r.row_tables, r.resource_type as type
    from unnest(${targets.map((target) => target.type)}::text[], ${targets.map((target) => target.id)}::text[]) as t(type, id)
    join resource r on r.connection_id = ${context.connectionId} and r.resource_type = t.type and r.fhir_id = t.id
    where r.reason is distinct from 'deleted-at-source'
    order by r.resource_key for update of r`;
  if (gone.length > 0) {
    const keys = gone.map((one) => one.key);
    await detachInTx(tx, context, gone, ledger);
    await deleteRowsInTx(tx, gone, ledger);
    await forgetDetailsInTx(tx, keys);
    await tx`
      insert into resource_history (resource_key, replaced_hash, replaced_at, run_id)
      select resource_key, content_hash, ${context.now}, ${context.runId} from resource where resource_key = any(${keys}::bigint[])`;
    // An empty hash equals no content: should the resource come back, it is mapped.
    await tx`
      update resource set outcome = 'excluded', reason = 'deleted-at-source', row_tables = 0, content_hash = '',
        last_run = ${context.runId}
      where resource_key = any(${keys}::bigint[])`;
    // What is gone need not be loaded any more.
    await tx`
      update failure f set resolved_at = ${context.now} from resource r
      where r.resource_key = any(${keys}::bigint[]) and f.connection_id = r.connection_id
        and f.resource_type = r.resource_type and f.fhir_id = r.fhir_id and f.resolved_at is null`;
    for (const one of gone) ledger.note(one.type, 'excluded', 'deleted-at-source');
  }
  await ledger.writeInTx(tx, context.chunkId, context.runId);
}

/** "Type/id" of each DELETE entry; undefined when the line is no such Bundle. */
function deletionsOf(line: string): { type: string; id: string }[] | undefined {
  let bundle: unknown;
  try {
    bundle = JSON.parse(line);
  } catch {
    return undefined;
  }
  const entries: unknown =
    typeof bundle === 'object' && bundle !== null ? Reflect.get(bundle, 'entry') : undefined;
  if (!Array.isArray(entries)) return undefined;
  return entries.flatMap((entry: unknown) => {
    const request: unknown =
      typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'request') : undefined;
    if (typeof request !== 'object' || request === null) return [];
    const url: unknown = Reflect.get(request, 'url');
    if (Reflect.get(request, 'method') !== 'DELETE' || typeof url !== 'string') return [];
    const [, type, id] = /(?:^|\/)([A-Z][A-Za-z]+)\/([^/?#]+)$/.exec(url) ?? [];
    return type && id ? [{ type, id }] : [];
  });
}
