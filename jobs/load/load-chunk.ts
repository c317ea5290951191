/**
 * One chunk, one transaction: sort out → map → resolve references → write. The same code takes up resources again
 * whose target has arrived; they come as entries with what they were before.
 */
import type { Tx } from '../../sql/connect.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { ByIdentity } from '../lines/by-identity.ts';
import { type Entry, type Lines, type Read, readLine, readLinesInTurns } from '../lines/read-lines.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import { assemble, dropParked, type Finished, provisional, referencesOf } from './assemble.ts';
import { type FirstLoads, isFirstLoad } from './compare/first-load.ts';
import { type Known, lockKnown, readKnown } from './compare/known.ts';
import { findSameLines, type SameLine, takeTwins } from './compare/same-lines.ts';
import { seenUnchanged, type Verdicts, whatToAsk } from './compare/seen-unchanged.ts';
import { sortOut, type ToMap } from './compare/sort-out.ts';
import type { LoadContext } from './context.ts';
import { type MappedAll, mapEntries, openMapping } from './map-entries.ts';
import { mapWhileReading } from './map-while-reading.ts';
import type { Found, ReferenceMemory } from './reference-memory.ts';
import { resolveReferences } from './references.ts';
import { detachInTx, partLeaves } from './take-out/detach.ts';
import { takeOutMovedInTx } from './take-out/purge-resources.ts';
import { bitOf } from './write/cdm-tables.ts';
import { writeFailures, writeFinished } from './write/finished.ts';
import { type Ledger, openLedger } from './write/ledger.ts';
import { addAnswersInTx } from './write/write-answers.ts';
import { nextKeys } from './write/write-resources.ts';

export interface LoadDeps {
  readonly resolver: Resolver;
  readonly references: ReferenceMemory;
  readonly firstLoads: FirstLoads;
}

/** Two chunks with the same resource met, so this one is rolled back and done again. */
export class Collision extends Error {}

/** Resolves to what is to be confirmed before it is committed (compare/seen-unchanged.ts). */
export async function loadChunk(
  tx: Tx,
  deps: LoadDeps,
  context: LoadContext,
  lines: Lines,
): Promise<Verdicts> {
  const ledger = openLedger();
  const isFirst = await isFirstLoad(tx, context, deps.firstLoads);
  const early = isFirst
    ? await mapWhileReading(openMapping(deps.resolver, withSettings(context)), lines)
    : undefined;
  const others = early ? undefined : await readOthers(tx, context, lines, ledger);
  const read = early?.read ?? others?.read ?? { entries: [], unreadable: [] };
  for (const { type, reason } of read.unreadable) {
    ledger.extracted(type ?? context.fileType ?? 'unknown');
    ledger.add(type ?? context.fileType ?? 'unknown', 'failed', reason);
  }
  for (const { entry, rule } of lines.refused ?? []) {
    ledger.extracted(entry.type);
    ledger.add(entry.type, 'excluded', rule);
  }
  const known = isFirst ? new ByIdentity<Known>() : await readKnown(tx, context.connectionId, read.entries);
  const asked = whatToAsk(context, read.entries, known);
  const seen = await seenUnchanged(tx, context, asked);
  const { toMap, unchanged } = sortOut(read.entries, known, { ...context, seen }, ledger);
  const mapped = await early?.finish(tx, toMap);
  const memory = context.remembers ? deps.references.of(context.runId) : new ByIdentity<Found>();
  const finished = await loadEntries(tx, deps, { ...context, memory }, toMap, ledger, mapped);
  for (const one of finished) count(ledger, one);
  await takeOutRefused(tx, context, lines, ledger);
  await writeFailures(tx, context, read.unreadable, finished);
  await ledger.writeInTx(tx, context.chunkId, context.runId);
  return { asked, seen, unchanged: { ranges: others?.keys ?? null, keys: unchanged } };
}

/**
 * What is loaded of a resource whose newest version must not be kept, since the EHR says now that it is of a purged
 * patient: it goes as it would have gone with them. That includes what this chunk itself has loaded of it.
 */
async function takeOutRefused(
  tx: Tx,
  context: LoadContext,
  { refused = [] }: Lines,
  ledger: Ledger,
): Promise<void> {
  const entries = refused.map(({ entry }) => entry);
  const known = await readKnown(tx, context.connectionId, entries);
  // They are counted already, as excluded.
  const newer = sortOut(entries, known, context, openLedger()).toMap.flatMap((item) => item.known ?? []);
  if (newer.length === 0) return;
  if (!(await lockKnown(tx, newer))) throw new Collision();
  await takeOutMovedInTx(
    tx,
    context,
    newer.map((one) => one.resource_key),
    ledger,
  );
}

/** Reads the lines that are not what is loaded already; those that are, are counted. */
async function readOthers(
  tx: Tx,
  context: LoadContext,
  lines: Lines,
  ledger: Ledger,
): Promise<{ readonly read: Read; readonly keys: string | null }> {
  const { same, others, keys } = await findSameLines(tx, context, lines.lines);
  const read = await readLinesInTurns({ ...lines, lines: others });
  for (const twin of takeTwins(same, read.entries)) readLine(read, twin);
  countSame(ledger, same.values());
  return { read, keys };
}

export function countSame(ledger: Ledger, same: Iterable<SameLine>): void {
  for (const { type } of same) {
    ledger.extracted(type);
    ledger.add(type, 'unchanged');
  }
}

export interface Again {
  readonly entry: Entry;
  /** undefined: its line was no resource when it was read first. */
  readonly known: Known | undefined;
  /** Chunk that holds its line. */
  readonly origin: number;
  /** Run in which it began to wait. */
  readonly sinceRun: number;
}

/** Takes resources up again. They are no new extractions: what they were is taken back, or they count as re-driven. */
export async function loadAgain(
  tx: Tx,
  deps: Pick<LoadDeps, 'resolver'>,
  context: LoadContext,
  items: readonly Again[],
): Promise<void> {
  const ledger = openLedger();
  // Rows of targets may have gone since others found them.
  const memory = new ByIdentity<Found>();
  const finished = await loadEntries(tx, deps, { ...context, memory }, items, ledger);
  const sinceRun = new Map(items.map((item) => [item.known?.resource_key, item.sinceRun]));
  for (const one of finished) {
    const type = one.item.entry.type;
    const before = one.item.known?.outcome;
    if (before && sinceRun.get(one.key) === context.runId)
      ledger.takeBack(type, before, one.item.known?.reason);
    else ledger.redriven(type);
    count(ledger, one);
  }
  await writeFailures(tx, context, [], finished);
  await ledger.writeInTx(tx, context.chunkId, context.runId);
}

const withSettings = (context: LoadContext) => ({
  ...context,
  settings: mappingSettings(context.connection),
});

async function loadEntries(
  tx: Tx,
  deps: Pick<LoadDeps, 'resolver'>,
  context: LoadContext & { readonly memory: ByIdentity<Found> },
  toMap: readonly ToMap[],
  ledger: Ledger,
  early?: MappedAll,
): Promise<Finished[]> {
  if (toMap.length === 0) return [];
  const changed = toMap.flatMap((item) => item.known ?? []);
  if (!(await lockKnown(tx, changed))) throw new Collision();
  const { mapped, given } = early ?? (await mapEntries(tx, deps.resolver, withSettings(context), toMap));
  const fresh = await nextKeys(tx, mapped.filter((item) => !item.known).length);
  let next = 0;
  const keys = mapped.map((item) => item.known?.resource_key ?? fresh[next++] ?? 0);
  const refs = referencesOf(mapped);
  const own = provisional(mapped, keys, refs);
  const holds = (context.overlapping?.size ?? 0) > 0;
  const references = await resolveReferences(tx, { ...context, holds, mine: new Set(keys) }, refs, own);
  dropParked(own, mapped, references);
  const finished = mapped.map((item, index) => assemble(item, keys[index] ?? 0, references));
  const leaving = finished
    .filter((one) => one.item.known)
    .map((one) => ({
      key: one.key,
      row_tables: leavingTables(one.item.known?.row_tables ?? 0, one.rowTables),
    }));
  await detachInTx(
    tx,
    context,
    leaving.filter((one) => one.row_tables !== 0),
    ledger,
  );
  await writeFinished(tx, context, finished, ledger);
  await addAnswersInTx(tx, given);
  return finished;
}

function leavingTables(before: number, after: number): number {
  const part = partLeaves(before, after) ? bitOf('visit_detail') : 0;
  return (before & ~after) | part;
}

function count(ledger: Ledger, one: Finished): void {
  const { type } = one.item.entry;
  ledger.add(type, one.result, one.reason);
  const { outcome } = one.item;
  if (one.result !== 'loaded' || outcome.kind !== 'rows') return;
  const unmapped = outcome.unmapped.filter((code) => code.element === 'code');
  if (unmapped.length === 0) ledger.mapped(type);
  else for (const system of new Set(unmapped.map((code) => code.system))) ledger.unmapped(system);
  for (const rule of outcome.omitted ?? []) ledger.leftOut(type, rule);
  for (const clock of outcome.clocks ?? []) ledger.clock(type, clock);
}
