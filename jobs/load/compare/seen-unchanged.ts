/**
 * An export may hold two versions of a resource in different chunks. Where the newer is what is loaded already it is
 * unchanged, which writes nothing to the resource; so its chunk notes it (`chunk.seen_unchanged`). A chunk with a version
 * that goes back in time looks there: has its run seen the newer one, too, the older one is superseded; else the server
 * has gone back, and what it sends now holds. A version whose time says nothing (none, or the same) is superseded by one
 * that stands behind it in the export, as on a first load.
 *
 * Chunks are mapped beside each other, so what a chunk was told may be contradicted before it commits. Each says at its
 * end what it has decided by, under a lock that is exclusive for those who have looked into the notes and shared for
 * those who add to them (take-turns.ts), and looks once more: a note that came meanwhile of what it replaces, or a
 * version of this run in the place of what it calls unchanged, has it mapped again, alone. Of two such chunks the one
 * that gets the lock first has committed when the other looks, as if they had been mapped one after the other. Two that
 * both replace a resource meet on its row (known.ts). Lines that are counted while they are downloaded are compared
 * under the shared lock: a chunk that replaces them either waits, and finds their note, or has committed before.
 */
import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import type { ByIdentity } from '../../lines/by-identity.ts';
import { position } from '../../lines/line.ts';
import type { Entry } from '../../lines/read-lines.ts';
import type { LoadContext, WriteContext } from '../context.ts';
import { compareAloneInTx, compareBesideOthersInTx } from '../take-turns.ts';
import { isSame, type Known } from './known.ts';

/** Another chunk has decided otherwise meanwhile, so this one is rolled back and mapped alone. */
export class MustBeAlone extends Error {}

/** From one file of a run to the next. */
const FILE = position(1, 0);
/** Before all that a run holds. */
const ANYWHERE = -1;

/** Resources by key, each with the place behind which the loaded version must stand to win over what a chunk brings. */
export type Asked = ReadonlyMap<number, number>;

/** What a chunk has decided, and by what. */
export interface Verdicts {
  readonly asked: Asked;
  /** Those of `asked` of which the run has seen the version that is loaded, which wins. */
  readonly seen: ReadonlySet<number>;
  readonly unchanged: Unchanged;
}

/** Resources that are what an earlier run has loaded. */
export interface Unchanged {
  /** Keys of lines that are what is loaded, as ranges. */
  readonly ranges: string | null;
  /** Of resources whose contents are. */
  readonly keys: readonly number[];
}

export function whatToAsk(
  context: Pick<WriteContext, 'runId' | 'overlapping'>,
  entries: readonly Entry[],
  known: ByIdentity<Known>,
): Asked {
  const asked = new Map<number, number>();
  for (const entry of entries) {
    const before = known.get(entry.type, entry.id);
    const behind = before && winsBehind(entry, before, context);
    if (before && behind !== undefined) asked.set(before.resource_key, behind);
  }
  return asked;
}

export async function seenUnchanged(
  tx: Tx,
  { runId }: Pick<WriteContext, 'runId'>,
  asked: Asked,
): Promise<ReadonlySet<number>> {
  if (asked.size === 0) return new Set();
  const keys = [...asked.keys()];
  const seen = await tx<{ key: number; position: number }[]>`
    with asked as (
      select array_agg(key) as keys, range_agg(int8range(key, key, '[]')) as ranges from unnest(${keys}::bigint[]) as k(key)
    )
    select key, max(f.file_no * ${FILE}::bigint + c.first_line) as position from asked
    join chunk c on c.run_id = ${runId} and c.seen_unchanged && asked.ranges
    left join export_file f using (file_id)
    cross join unnest(asked.keys) as k(key)
    where c.seen_unchanged @> key
    group by key`;
  return new Set(seen.flatMap(({ key, position }) => ((position ?? 0) > (asked.get(key) ?? 0) ? key : [])));
}

/**
 * Notes what is unchanged, and throws where what the chunk has decided by holds no longer. To be called when all that the
 * chunk writes is written, before it waits for anything else.
 */
export async function confirmInTx(
  tx: Tx,
  context: Pick<LoadContext, 'connectionId' | 'runId' | 'chunkId' | 'isAlone'>,
  { asked, seen, unchanged }: Verdicts,
): Promise<void> {
  if (!context.isAlone) {
    if (asked.size > 0) await compareAloneInTx(tx, context.connectionId);
    else if (!isNothing(unchanged)) await compareBesideOthersInTx(tx, context.connectionId);
    // One that is gone went with its chunk, whose file is read again.
    if (asked.size > 0 && !isEqual(seen, await seenUnchanged(tx, context, asked))) throw new MustBeAlone();
  }
  if (!(await noteUnchangedInTx(tx, context, unchanged))) throw new MustBeAlone();
}

const isNothing = ({ ranges, keys }: Unchanged): boolean => ranges === null && keys.length === 0;

const isEqual = (one: ReadonlySet<number>, other: ReadonlySet<number>): boolean =>
  one.size === other.size && [...one].every((key) => other.has(key));

/**
 * False, and nothing is noted, where another chunk of the run has brought another version of any of these. The `limit 1`
 * is for the planner's sake (known.ts).
 */
export async function noteUnchangedInTx(
  tx: Tx,
  { runId, chunkId }: Pick<WriteContext, 'runId' | 'chunkId'>,
  unchanged: Unchanged,
): Promise<boolean> {
  if (isNothing(unchanged)) return true;
  const { ranges, keys } = unchanged;
  const noted = await tx`
    with noted as (
      select coalesce(${ranges}::text::int8multirange, '{}') + coalesce(
        (select range_agg(int8range(key, key, '[]')) from unnest(${list(keys)}::bigint[]) as k(key)), '{}') as ranges
    )
    update chunk set seen_unchanged = coalesce(seen_unchanged, '{}') + noted.ranges from noted
    where chunk_id = ${chunkId} and not exists (
      select 1 from unnest(noted.ranges) as u(range)
      cross join generate_series(lower(u.range), upper(u.range) - 1) as k(key)
      cross join lateral (
        select last_run, chunk_id from resource where resource_key = k.key limit 1
      ) r
      where r.last_run = ${runId} and r.chunk_id <> ${chunkId}
    )
    returning 1`;
  return noted.length > 0;
}

/**
 * Behind which place the loaded version must stand to win over this one: anywhere when it is newer, behind this one when
 * the times do not decide (compareVersions). Undefined: it wins nowhere, or it is this very content.
 */
function winsBehind(
  entry: Entry,
  known: Known,
  { runId, overlapping }: Pick<WriteContext, 'runId' | 'overlapping'>,
): number | undefined {
  if (known.last_run === runId || overlapping?.has(known.last_run) || known.content_hash.length === 0)
    return undefined;
  if (isSame(entry, known)) return undefined;
  const [sent, loaded] = [Date.parse(entry.lastUpdated ?? ''), Date.parse(known.last_updated ?? '')];
  if (sent < loaded) return ANYWHERE;
  // Of two versions in one chunk only the better one comes here, so the chunk of the other begins behind this one or before.
  return sent > loaded ? undefined : entry.position;
}
