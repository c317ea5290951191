/**
 * Lines that are, byte for byte, what is loaded already need neither mapping nor storing. They are recognised while
 * they are downloaded, and counted. What is left of their chunk is stored with its line numbers and mapped; of a chunk
 * in which every line is unchanged nothing is left, and no map job is sent. So a full export costs what has changed in
 * it, however large it is.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import type { Line } from '../lines/line.ts';
import { onlyLines } from '../lines/only-lines.ts';
import { readLines, splitLines } from '../lines/read-lines.ts';
import { storeBodyInTx } from '../load/chunk-body.ts';
import type { NewChunk } from '../load/chunk-row.ts';
import { isFirstLoad } from '../load/compare/first-load.ts';
import { findSameLines, type SameLine, takeTwins } from '../load/compare/same-lines.ts';
import { countSame } from '../load/load-chunk.ts';
import { mappingVersionInTx } from '../load/mapping-version.ts';
import { compareBesideOthersInTx } from '../load/take-turns.ts';
import { openLedger } from '../load/write/ledger.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';

export interface Sorted {
  /** What has to be stored and mapped, with its line numbers; undefined where that is nothing. */
  readonly toMap: Buffer | undefined;
  readonly unchanged: readonly SameLine[];
  /** Of the chunk's row, as `mapped`. */
  readonly seenUnchanged: string | null;
  /** Of the chunk's row. */
  readonly mapped: NewChunk['mapped'];
}

/** What the map step needs of a chunk's text. */
export async function sortOutUnchanged(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'firstLoads' | 'clock'>,
  run: Run,
  connection: Connection,
  text: Buffer,
): Promise<Sorted> {
  const whole: Sorted = { toMap: text, unchanged: [], seenUnchanged: null, mapped: null };
  // What an incremental export holds has changed. A reconciliation needs the map step, which notes what each
  // chunk holds.
  if (run.mode !== 'full' || run.reconciles) return whole;
  const context = { connectionId: connection.connection_id, runId: run.run_id };
  if (await isFirstLoad(tx, context, deps.firstLoads)) return whole;
  const version = await mappingVersionInTx(tx, deps.resolver, connection);
  const { lines, unreadable } = splitLines(text, 0, false, connection.config.limits.max_line_bytes);
  if (unreadable.length > 0) return whole;
  await compareBesideOthersInTx(tx, connection.connection_id);
  const { same, others, keys: seenUnchanged } = await findSameLines(tx, { ...context, ...version }, lines);
  // Reading the others, to find out whose they are, would not pay where they are most of the chunk.
  if (others.length > same.size) return whole;
  const read = readLines({ lines: others, unreadable: [] });
  // Where broken text ends, and whose it is, depends on what stands around it.
  if (read.unreadable.length > 0) return whole;
  const rest: Line[] = [...others, ...takeTwins(same, read.entries)];
  const unchanged = [...same.values()];
  // Lines that are no resources are blank, or head those that follow.
  if (read.entries.length === 0) {
    const mapped = { at: deps.clock(), version: version.mappingVersionId };
    return { toMap: undefined, unchanged, seenUnchanged, mapped };
  }
  return { toMap: onlyLines(text, rest.sort(byNumber)), unchanged, seenUnchanged, mapped: null };
}

const byNumber = (a: Line, b: Line) => a.line - b.line;

/** Counts what is unchanged, and stores the rest. */
export async function storeSortedInTx(
  tx: Tx,
  { keyring }: Pick<Deps, 'keyring'>,
  of: { readonly chunkId: number; readonly runId: number },
  { unchanged, toMap }: Sorted,
): Promise<void> {
  const ledger = openLedger();
  countSame(ledger, unchanged);
  await ledger.writeInTx(tx, of.chunkId, of.runId);
  if (toMap) await storeBodyInTx(tx, keyring, of.chunkId, toMap);
}
