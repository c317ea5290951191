/**
 * The manifest's `deleted` files: Bundles of type transaction whose entries are DELETE requests. What is deleted at
 * the source takes its rows along; its identity stays, so that it keeps its ids if it ever comes back. Ids we never
 * had are fine. Most servers never send such files (see the README on reconciling).
 */
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { parseStorable, textOf } from '../lines/read-lines.ts';
import { split } from '../lines/split.ts';
import type { IsBlocked } from '../load/blocklist.ts';
import type { LoadContext } from '../load/context.ts';
import { GONE } from '../load/reasons.ts';
import { type Removable, removeResourcesInTx } from '../load/take-out/remove-resources.ts';
import { openLedger } from '../load/write/ledger.ts';
import { DELETION_UNREADABLE } from '../run/missing-parts.ts';

/** Resolves to the numbers of the lines that name a Patient who is kept out. */
export async function applyDeletions(
  tx: Tx,
  context: LoadContext,
  text: Buffer,
  isBlocked: IsBlocked = () => false,
): Promise<number[]> {
  const ledger = openLedger();
  const targets: Target[] = [];
  const naming: number[] = [];
  for (const { line, start, end } of split(text)) {
    const said = textOf(text.subarray(start, end));
    if (said === '') continue;
    const { found, whole } = deletionsOf(said);
    targets.push(...found);
    if (found.some(({ type, id }) => type === 'Patient' && isBlocked(id))) naming.push(line);
    if (whole) continue;
    await tx`
      insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason)
      values (${context.connectionId}, ${context.runId}, ${context.chunkId}, ${line}, 'Bundle', ${DELETION_UNREADABLE})`;
  }
  const gone = await stored(tx, context, targets);
  await removeResourcesInTx(tx, context, gone, GONE.deleted, ledger);
  await ledger.writeInTx(tx, context.chunkId, context.runId);
  return naming;
}

interface Target {
  readonly type: string;
  readonly id: string;
}

/** One look into the unique index for each, as in readKnown; locked in the order of their keys, each once. */
async function stored(
  tx: Tx,
  { connectionId, overlapping = new Map() }: Pick<LoadContext, 'connectionId' | 'overlapping'>,
  targets: readonly Target[],
): Promise<Removable[]> {
  const found = await tx<{ key: number }[]>`
    select distinct r.resource_key as key
    from unnest(${targets.map((target) => target.type)}::text[], ${targets.map((target) => target.id)}::text[]) as t(type, id)
    cross join lateral (
      select resource_key from resource
      where connection_id = ${connectionId} and resource_type = t.type and fhir_id = t.id limit 1
    ) r`;
  // Who read later has seen it alive.
  const later = [...overlapping].filter(([, read]) => read === 'later').map(([run]) => run);
  return await tx<Removable[]>`
    select resource_key as key, row_tables, resource_type as type from resource
    where resource_key = any(${found.map((one) => one.key)}::bigint[])
      and (reason is null or reason <> all(${Object.values(GONE)}))
      and last_run <> all(${list(later)}::bigint[])
    order by resource_key for update`;
}

/** "Type/id" of each DELETE entry, and whether that is all that the Bundle says. */
function deletionsOf(line: string): { readonly found: Target[]; readonly whole: boolean } {
  const entries = entriesOf(line);
  const found = (entries ?? []).flatMap((entry) => targetOf(entry) ?? []);
  return { found, whole: found.length === entries?.length };
}

/** undefined when the line is no Bundle. */
function entriesOf(line: string): unknown[] | undefined {
  let bundle: unknown;
  try {
    bundle = parseStorable(line);
  } catch {
    return undefined;
  }
  if (typeof bundle !== 'object' || bundle === null || Reflect.get(bundle, 'resourceType') !== 'Bundle')
    return;
  const entries: unknown = Reflect.get(bundle, 'entry') ?? [];
  return Array.isArray(entries) ? entries : undefined;
}

function targetOf(entry: unknown): Target | undefined {
  const request: unknown =
    typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'request') : undefined;
  if (typeof request !== 'object' || request === null) return;
  const url: unknown = Reflect.get(request, 'url');
  if (Reflect.get(request, 'method') !== 'DELETE' || typeof url !== 'string') return;
  const [, type, id] = /(?:^|\/)([A-Z][A-Za-z]+)\/([^/?#]+)$/.exec(url) ?? [];
  return type && id ? { type, id } : undefined;
}
