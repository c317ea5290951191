/**
 * An export may hold two versions of a resource in different chunks. Where the newer is what is loaded already it is
 * unchanged, which writes nothing to the resource; so its chunk notes it (`chunk.seen_unchanged`). A chunk with a version
 * that goes back in time looks there: has its run seen the newer one, too, the older one is superseded; else the server
 * has gone back, and what it sends now holds. A version whose time says nothing (none, or the same) is superseded by one
 * that stands behind it in the export, as on a first load.
 *
 * Whoever calls lines unchanged does so beside others, and whoever looks is alone (take-turns.ts). So a newer version
 * that is compared later is compared with the older one, and takes its place.
 */
import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import type { ByIdentity } from '../../lines/by-identity.ts';
import { position } from '../../lines/line.ts';
import type { Entry } from '../../lines/read-lines.ts';
import type { WriteContext } from '../context.ts';
import { isSame, type Known } from './known.ts';

/** Thrown where a chunk must be mapped alone. */
export class MustBeAlone extends Error {}

/** From one file of a run to the next. */
const FILE = position(1, 0);
/** Before all that a run holds. */
const ANYWHERE = -1;

type Context = Pick<WriteContext, 'runId' | 'overlapping'> & { readonly isAlone?: boolean | undefined };

/** Keys of resources of which the run has seen the version that is loaded, and that version wins over what these bring. */
export async function seenUnchanged(
  tx: Tx,
  context: Context,
  entries: readonly Entry[],
  known: ByIdentity<Known>,
): Promise<ReadonlySet<number>> {
  /** Behind which place the loaded version must stand for that. */
  const asked = new Map<number, number>();
  for (const entry of entries) {
    const before = known.get(entry.type, entry.id);
    const behind = before && winsBehind(entry, before, context);
    if (before && behind !== undefined) asked.set(before.resource_key, behind);
  }
  if (asked.size === 0) return new Set();
  if (!context.isAlone) throw new MustBeAlone();
  const keys = [...asked.keys()];
  const seen = await tx<{ key: number; position: number }[]>`
    with asked as (
      select array_agg(key) as keys, range_agg(int8range(key, key, '[]')) as ranges from unnest(${keys}::bigint[]) as k(key)
    )
    select key, max(f.file_no * ${FILE}::bigint + c.first_line) as position from asked
    join chunk c on c.run_id = ${context.runId} and c.seen_unchanged && asked.ranges
    left join export_file f using (file_id)
    cross join unnest(asked.keys) as k(key)
    where c.seen_unchanged @> key
    group by key`;
  return new Set(seen.flatMap(({ key, position }) => ((position ?? 0) > (asked.get(key) ?? 0) ? key : [])));
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

/**
 * Behind which place the loaded version must stand to win over this one: anywhere when it is newer, behind this one when
 * the times do not decide (compareVersions). Undefined: it wins nowhere, or it is this very content.
 */
function winsBehind(entry: Entry, known: Known, { runId, overlapping }: Context): number | undefined {
  if (known.last_run === runId || overlapping?.has(known.last_run) || known.content_hash.length === 0)
    return undefined;
  if (isSame(entry, known)) return undefined;
  const [sent, loaded] = [Date.parse(entry.lastUpdated ?? ''), Date.parse(known.last_updated ?? '')];
  if (sent < loaded) return ANYWHERE;
  // Of two versions in one chunk only the better one comes here, so the chunk of the other begins behind this one or before.
  return sent > loaded ? undefined : entry.position;
}
