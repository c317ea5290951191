/**
 * Sorts a chunk's resources before anything is mapped: which are unchanged (same hash, same mapping version), which
 * are older than what is loaded, which are incomplete, and which are to be mapped.
 */

import { ByIdentity } from '../../lines/by-identity.ts';
import type { Entry } from '../../lines/read-lines.ts';
import type { WriteContext } from '../context.ts';
import { GONE } from '../reasons.ts';
import type { Ledger } from '../write/ledger.ts';
import { compareVersions, isSame, type Known } from './known.ts';

export interface ToMap {
  readonly entry: Entry;
  readonly known: Known | undefined;
  /** Chunk that holds its line, where that is not the one being mapped: it is taken up again. */
  readonly origin?: number | undefined;
}

type Context = Pick<WriteContext, 'runId' | 'mappingVersionId' | 'alsoCurrent' | 'overlapping'> & {
  /** Keys of resources of which this run has seen the version that is loaded, which wins (seen-unchanged.ts). */
  readonly seen?: ReadonlySet<number> | undefined;
};

export interface SortedOut {
  readonly toMap: ToMap[];
  /** Keys of the resources that are what an earlier run has loaded. */
  readonly unchanged: number[];
}

export function sortOut(
  entries: readonly Entry[],
  known: ByIdentity<Known>,
  context: Context,
  ledger: Ledger,
): SortedOut {
  const newest = new ByIdentity<Entry>();
  for (const entry of entries) {
    ledger.extracted(entry.type);
    const other = newest.get(entry.type, entry.id);
    if (!other) {
      newest.set(entry.type, entry.id, entry);
      continue;
    }
    const [winner, loser] = isBetter(entry, other) ? [entry, other] : [other, entry];
    newest.set(entry.type, entry.id, winner);
    if (loser.hash === winner.hash) ledger.add(entry.type, 'unchanged');
    else ledger.add(entry.type, 'excluded', loser.subsetted && !winner.subsetted ? SUBSETTED : SUPERSEDED);
  }
  const toMap: ToMap[] = [];
  const unchanged: number[] = [];
  for (const entry of newest.values()) {
    const before = known.get(entry.type, entry.id);
    const verdict = before && judge(entry, before, context);
    if (before && verdict === 'unchanged') {
      ledger.add(entry.type, 'unchanged');
      if (before.last_run !== context.runId) unchanged.push(before.resource_key);
    } else if (verdict) ledger.add(entry.type, 'excluded', verdict);
    else toMap.push({ entry, known: before });
  }
  return { toMap, unchanged };
}

const SUPERSEDED = 'superseded-in-export';
const SUBSETTED = 'subsetted-would-overwrite';

/** The one of two versions in a chunk that counts: a complete one, else the newer. */
function isBetter(entry: Entry, other: Entry): boolean {
  if (entry.subsetted !== other.subsetted) return other.subsetted;
  return compareVersions(entry, other) > 0;
}

/** undefined: to be mapped. */
function judge(
  entry: Entry,
  known: Known,
  context: Context,
): 'unchanged' | typeof SUPERSEDED | typeof SUBSETTED | undefined {
  const settled = known.outcome === 'loaded' || known.outcome === 'excluded';
  const same = isSame(entry, known);
  const version = known.mapping_version_id;
  const current = version === context.mappingVersionId || context.alsoCurrent.includes(version);
  if (same && settled && current) return 'unchanged';
  // The same line twice in one run: whatever became of the first holds for both.
  if (same && known.last_run === context.runId) return 'unchanged';
  // A run beside this one, which read later, was told that it is gone.
  if (isGone(known) && context.overlapping?.get(known.last_run) === 'later') return SUPERSEDED;
  // A resource made with _elements lacks what was not asked for: a complete one stays, and takes its place whatever
  // the version; of two incomplete ones the newer stays.
  if (entry.subsetted && !known.incomplete) return same ? undefined : SUBSETTED;
  if (!entry.subsetted && known.incomplete) return undefined;
  return isOlder(entry, known, context) ? SUPERSEDED : undefined;
}

/**
 * Within a run the version decides, else the position. Across runs what is sent now is what the server holds now,
 * except that an incomplete version may come from an older state; then the version decides, where both have one. Of runs
 * that overlap the version decides, else which of them read later; a deletion has no version.
 */
function isOlder(entry: Entry, known: Known, context: Context): boolean {
  const loaded = { lastUpdated: known.last_updated, position: known.position };
  if (known.last_run === context.runId) return compareVersions(entry, loaded) < 0;
  const other = context.overlapping?.get(known.last_run);
  if (other) {
    const difference = compareVersions(entry, { ...loaded, position: entry.position });
    return difference === 0 ? other === 'later' : difference < 0;
  }
  if (context.seen?.has(known.resource_key)) return true;
  return known.incomplete && compareVersions(entry, { ...loaded, position: entry.position }) < 0;
}

const isGone = ({ reason }: Known) => Object.values<string | null>(GONE).includes(reason);
