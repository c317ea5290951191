/**
 * Step 5: what waited for something that has arrived. Once everything that was sent is mapped, it takes up again, in
 * bounded batches, what was mapped with an older version of a Medication, Device or Encounter, and the resources whose
 * Patient (or Medication) is now there, in this run or since years ago; when no batch is left, chunks that the vocabulary of now
 * would map otherwise are mapped again; then it completes open links with one statement per column, and sends the close
 * step.
 */

import { analyzeChanged } from '../../sql/analyze-changed.ts';
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { openLine } from '../connection/sealed-data.ts';
import { type Read, readLine } from '../lines/read-lines.ts';
import type { Known } from '../load/compare/known.ts';
import { knownColumns } from '../load/compare/known.ts';
import { type Again, loadAgain } from '../load/load-chunk.ts';
import { type OpenChunk, openChunkInTx } from '../load/open-chunk.ts';
import { GONE, UNDATED } from '../load/reasons.ts';
import { settleAloneInTx } from '../load/take-turns.ts';
import { bitOf } from '../load/write/cdm-tables.ts';
import { lastKnownDay } from '../map/cdm/implausible.ts';
import { DAY } from '../map/types.ts';
import { settleVocabularyInTx } from '../remap/settle-vocabulary.ts';
import { beginHydrationInTx } from '../run/hydration.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import { extractionDate, isLive, readRun } from '../step/run.ts';
import { completeLinksInTx } from './complete-links.ts';
import { forgetAttachmentsInTx } from './forget-attachments.ts';
import { settleContentsInTx } from './settle-contents.ts';
import { settleMergesInTx } from './settle-merges.ts';
import { settleMisreadInTx } from './settle-misread.ts';
import { settleWithdrawnInTx } from './settle-withdrawn.ts';
import { unsettledRunsInTx } from './unsettled-runs.ts';

const BATCH = 2000;

export const settleStep: Handler<'redrive'> = async (deps, step) => {
  const { sql, queue, clock } = deps;
  const { run_id } = step.payload;
  const run = await readRun(sql, run_id);
  if (!run || !isLive(run) || !run.closing_at) return step.commit(async () => {});
  const connection = await readConnection(sql, run.connection_id);
  await analyzeChanged(sql);
  await step.commit(async (tx) => {
    await settleAloneInTx(tx, connection.connection_id);
    // Waits for nobody in practice (one redrive job per run), but keeps a second delivery from doing it at once.
    await tx`select 1 from run where run_id = ${run_id} for no key update`;
    const openChunk = (keys: readonly number[]) => openChunkInTx(tx, deps, run, connection, keys);
    await settleMisreadInTx(tx, run, openChunk, clock());
    await settleWithdrawnInTx(tx, run, openChunk);
    await settleMergesInTx(tx, deps, connection.connection_id, openChunk);
    const { after = 0, moved = false } = step.payload;
    if (await settleContentsInTx(tx, deps, run, openChunk)) {
      return queue.sendInTx(tx, 'redrive', { run_id });
    }
    const today = lastKnownDay(extractionDate(run));
    const taken = await takeUpInTx(tx, deps, connection, openChunk, { after, today });
    if (taken) {
      return queue.sendInTx(tx, 'redrive', { run_id, after: taken.upTo, moved: moved || taken.moved });
    }
    // What was taken up may be what others, with smaller keys, wait for: another lap, until one moves nothing.
    if (moved) return queue.sendInTx(tx, 'redrive', { run_id });
    // What was taken up may refer to what the server has not been asked for.
    if (await beginHydrationInTx(tx, queue, run, clock())) return;
    if (run.kind !== 'patient') await forgetAttachmentsInTx(tx, connection.connection_id);
    // Of all chunks of the connection, which is not what a few patients were asked for.
    if (run.kind !== 'patient' && (await settleVocabularyInTx(tx, deps, run, connection))) return;
    await completeLinksInTx(tx, connection.connection_id, await unsettledRunsInTx(tx, run));
    await queue.sendInTx(tx, 'close', { run_id });
  });
};

interface Waiting extends Known {
  readonly line: Buffer;
  readonly since_run: number;
  readonly target_type: string;
  readonly target_id: string;
  readonly chunk_id: number;
  readonly chunk_line: number;
}

/**
 * One batch of what waits beyond the key `after`; undefined when nothing is left there that could be taken up. Those
 * that get no further are passed by, so that they hold back nobody; they stay listed as waiting.
 */
async function takeUpInTx(
  tx: Tx,
  deps: Deps,
  connection: Connection,
  openChunk: OpenChunk,
  { after, today }: { readonly after: number; readonly today: string },
): Promise<{ readonly upTo: number; readonly moved: boolean } | undefined> {
  const waiting = await tx<Waiting[]>`
    select ${knownColumns(tx)}, r.chunk_id, r.chunk_line, w.line, w.since_run,
      w.target_type, w.target_id
    from waiting w
    join resource r on r.resource_key = w.resource_key
    where w.connection_id = ${connection.connection_id} and w.resource_key > ${after}
      and (
        exists (
          select 1 from resource target
          where target.connection_id = w.connection_id and target.resource_type = w.target_type
            and target.fhir_id = w.target_id and target.outcome = 'loaded'
            and (w.target_type <> 'Patient' or (target.row_tables & ${bitOf('person')}) <> 0)
        )
        or r.reason = any(${Object.values(UNDATED)}) and exists (
          select 1 from resource encounter
          where encounter.connection_id = w.connection_id and encounter.resource_type = w.target_type
            and encounter.fhir_id = w.target_id and encounter.outcome = 'excluded'
            and encounter.reason <> all(${Object.values(GONE)})
        )
        or w.target_type = ${DAY} and w.target_id <= ${today}
        or w.target_type = 'Patient' and exists (
          select 1 from patient_merge m where m.connection_id = w.connection_id and m.replaced_id = w.target_id
        )
      )
    order by w.resource_key
    limit ${BATCH}`;
  const last = waiting.at(-1);
  if (!last) return undefined;
  const lines = await Promise.all(waiting.map((one) => openLine(deps.keyring, one.resource_key, one.line)));
  const items = waiting.flatMap((one, n): Again[] => {
    const read: Read = { entries: [], unreadable: [] };
    readLine(read, { bytes: lines[n] ?? one.line, line: one.chunk_line, position: one.position });
    const [entry] = read.entries;
    return entry ? [{ entry, known: one, origin: one.chunk_id, sinceRun: one.since_run }] : [];
  });
  const context = await openChunk(waiting.map((one) => one.resource_key));
  // A memory of its own: deletions may have taken targets away that earlier chunks still found.
  await loadAgain(tx, { resolver: deps.resolver }, context, items);
  const stuck = await stillWaiting(tx, waiting);
  if (stuck > 0) {
    deps.log.warn(
      { resources: stuck },
      'resources wait for something that has arrived and cannot be taken up',
    );
  }
  return { upTo: last.resource_key, moved: stuck < waiting.length };
}

/** How many of these wait for the very thing that they waited for before. */
async function stillWaiting(tx: Tx, before: readonly Waiting[]): Promise<number> {
  const [left] = await tx<{ same: number }[]>`
    select count(*)::int as same
    from unnest(${before.map((one) => one.resource_key)}::bigint[], ${before.map((one) => one.target_type)}::text[],
      ${before.map((one) => one.target_id)}::text[]) as b(key, type, id)
    join waiting w on w.resource_key = b.key and w.target_type = b.type and w.target_id = b.id`;
  return left?.same ?? 0;
}
