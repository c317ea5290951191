/**
 * An export may hold two versions of a resource in different chunks. Where the newer is what is loaded already it is
 * unchanged, which writes nothing to the resource; so its chunk notes it (`chunk.seen_unchanged`). A chunk with a version
 * that goes back in time looks there: has its run seen the newer one, too, the older one is superseded; else the server
 * has gone back, and what it sends now holds.
 *
 * Whoever calls lines unchanged does so beside others, and whoever looks is alone (take-turns.ts). So a newer version
 * that is compared later is compared with the older one, and takes its place.
 */
import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import type { ByIdentity } from '../../lines/by-identity.ts';
import type { Entry } from '../../lines/read-lines.ts';
import type { WriteContext } from '../context.ts';
import type { Known } from './known.ts';

/** Thrown where a chunk must be mapped alone. */
export class GoesBack extends Error {}

type Context = Pick<WriteContext, 'runId' | 'overlapping'> & { readonly isAlone?: boolean | undefined };

/** Keys of resources of which the run has seen the version that is loaded, of those that these would take back in time. */
export async function seenUnchanged(
  tx: Tx,
  context: Context,
  entries: readonly Entry[],
  known: ByIdentity<Known>,
): Promise<ReadonlySet<number>> {
  const keys = entries.flatMap((entry) => {
    const before = known.get(entry.type, entry.id);
    return before && goesBack(entry, before, context) ? before.resource_key : [];
  });
  if (keys.length === 0) return new Set();
  if (!context.isAlone) throw new GoesBack();
  const seen = await tx<{ key: number }[]>`
    with asked as (
      select array_agg(key) as keys, range_agg(int8range(key, key, '[]')) as ranges from unnest(${keys}::bigint[]) as k(key)
    )
    select distinct key from asked
    join chunk c on c.run_id = ${context.runId} and c.seen_unchanged && asked.ranges
    cross join unnest(asked.keys) as k(key)
    where c.seen_unchanged @> key`;
  return new Set(seen.map(({ key }) => key));
}

/** `ranges`: keys of lines that are what is loaded; `keys`: of resources whose contents are. */
export async function noteUnchangedInTx(
  tx: Tx,
  chunkId: number,
  ranges: string | null,
  keys: readonly number[],
): Promise<void> {
  if (ranges === null && keys.length === 0) return;
  await tx`
    update chunk set seen_unchanged = coalesce(seen_unchanged, '{}') + coalesce(${ranges}::text::int8multirange, '{}') + coalesce(
      (select range_agg(int8range(key, key, '[]')) from unnest(${list(keys)}::bigint[]) as k(key)), '{}')
    where chunk_id = ${chunkId}`;
}

function goesBack(entry: Entry, known: Known, { runId, overlapping }: Context): boolean {
  if (known.last_run === runId || overlapping?.has(known.last_run) || known.content_hash.length === 0)
    return false;
  return Date.parse(entry.lastUpdated ?? '') < Date.parse(known.last_updated ?? '');
}
