/**
 * A chunk in which every line is, byte for byte, what is loaded already needs neither mapping nor storing. It
 * is recognised while it is downloaded, counted, and dropped without a map job. So a full export of an EHR in
 * which nothing has changed costs next to no writing, however large it is.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { splitLines } from '../lines/read-lines.ts';
import { isFirstLoad } from '../load/compare/first-load.ts';
import { findSameLines, type SameLine } from '../load/compare/same-lines.ts';
import { countSame } from '../load/load-chunk.ts';
import { type MappingVersion, mappingVersionInTx } from '../load/mapping-version.ts';
import { openLedger } from '../load/write/ledger.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';

export interface Unchanged {
  readonly version: MappingVersion;
  readonly lines: readonly SameLine[];
}

/** Resolves to undefined when the chunk has to be mapped. */
export async function findUnchanged(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'firstLoads'>,
  run: Run,
  connection: Connection,
  text: Buffer,
): Promise<Unchanged | undefined> {
  // What an incremental export holds has changed. A reconciliation needs the map step, which notes what each
  // chunk holds.
  if (run.mode !== 'full' || run.reconciles) return undefined;
  const context = { connectionId: connection.connection_id, runId: run.run_id };
  if (await isFirstLoad(tx, context, deps.firstLoads)) return undefined;
  const version = await mappingVersionInTx(tx, deps.resolver, connection);
  const { lines, unreadable } = splitLines(text, 0, false, connection.config.limits.max_line_bytes);
  if (unreadable.length > 0) return undefined;
  const { same, others } = await findSameLines(tx, { ...context, ...version }, lines);
  return others.length === 0 ? { version, lines: [...same.values()] } : undefined;
}

export async function countUnchangedInTx(
  tx: Tx,
  of: { readonly chunkId: number; readonly runId: number },
  unchanged: Unchanged,
): Promise<void> {
  const ledger = openLedger();
  countSame(ledger, unchanged.lines);
  await ledger.writeInTx(tx, of.chunkId, of.runId);
}
