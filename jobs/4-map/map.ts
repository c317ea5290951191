/**
 * Step 4: maps one chunk in one transaction: parse, compare, map, COPY, account, release what comes next. Delivered
 * twice, the second finds the chunk done. Two chunks with versions of the same resource collide on its identity; the
 * one that comes second is rolled back and done again, and then sees the first.
 */
import type { Tx } from '../../sql/connect.ts';
import { readBlocklist, withoutBlocked } from '../connection/blocklist.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { unpack } from '../lines/chunk-text.ts';
import { position, readLines, splitLines } from '../lines/read-lines.ts';
import { Collision, loadChunk } from '../load/load-chunk.ts';
import { mappingVersionInTx } from '../load/mapping-version.ts';
import { eraseLinesInTx } from '../load/take-out/erase-lines.ts';
import { advanceInTx } from '../run/advance.ts';
import { recordMembersInTx } from '../run/group-membership.ts';
import { noteSeenInTx } from '../run/note-seen.ts';
import type { Handler, StepContext } from '../run-step.ts';
import type { Deps } from '../step/deps.ts';
import type { StepName } from '../step/queue.ts';
import { type Run, readRun } from '../step/run.ts';
import { StateMoved } from '../vocabulary/resolve/resolver.ts';
import { applyDeletions } from './apply-deletions.ts';
import { recordServerErrors } from './server-errors.ts';

const MAX_COLLISIONS = 10;

interface Chunk {
  readonly chunk_id: number;
  readonly phase: number;
  readonly first_line: number;
  readonly byte_start: number;
  readonly byte_end: number;
  readonly file_no: number;
  readonly file_kind: 'output' | 'deleted' | 'error' | 'members';
  readonly file_type: string | null;
  readonly body: Buffer;
}

export const mapStep: Handler<'map'> = async (deps, step) => {
  const { sql, queue, clock } = deps;
  const { run_id, chunk_id } = step.payload;
  const run = await readRun(sql, run_id);
  const chunk = await readChunk(deps, chunk_id);
  if (!run || !chunk || !isLive(run)) return step.commit(async () => {});
  const connection = await readConnection(sql, run.connection_id);
  const text = await unpack(chunk.body);
  let tries = 0;
  await commitThroughCollisions(step, async (tx) => {
    // It holds what is there already: nothing more of this run is taken for new without asking.
    if (tries++ > 0) deps.references.firstLoad.set(run_id, false);
    if (!(await claimInTx(tx, chunk_id))) return;
    await loadInTx(tx, deps, run, connection, chunk, text);
    await tx`update chunk set state = 'done', mapped_at = ${clock()} where chunk_id = ${chunk_id}`;
    await advanceInTx(tx, queue, run_id, clock());
  });
};

export async function commitThroughCollisions(
  step: Pick<StepContext<StepName>, 'commit'>,
  work: (tx: Tx) => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await step.commit(work);
    } catch (error) {
      if (!isCollision(error) || tries >= MAX_COLLISIONS) throw error;
    }
  }
}

export const isLive = (run: Run) => run.status === 'downloading' || run.status === 'processing';

async function readChunk(deps: Deps, chunkId: number): Promise<Chunk | undefined> {
  const [chunk] = await deps.sql<Chunk[]>`
    select c.chunk_id, c.phase, c.first_line, c.byte_start, c.byte_end, f.file_no, f.kind as file_kind,
      f.resource_type as file_type, b.body
    from chunk c join export_file f using (file_id) join chunk_body b using (chunk_id)
    where c.chunk_id = ${chunkId} and c.state = 'queued'`;
  return chunk;
}

/** False when another delivery of this job has done the chunk, or is doing it. */
async function claimInTx(tx: Tx, chunkId: number): Promise<boolean> {
  const rows = await tx`select 1 from chunk where chunk_id = ${chunkId} and state = 'queued' for update`;
  return rows.length > 0;
}

async function loadInTx(
  tx: Tx,
  deps: Deps,
  run: Run,
  connection: Connection,
  chunk: Chunk,
  text: Buffer,
): Promise<void> {
  const context = {
    ...{ connectionId: connection.connection_id, connection, runId: run.run_id, chunkId: chunk.chunk_id },
    ...{ phase: chunk.phase, fileType: chunk.file_type, now: deps.clock() },
    ...(await mappingVersionInTx(tx, deps.resolver, connection)),
    extractionDate: extractionDate(run),
  };
  await tx`update chunk set mapping_version_id = ${context.mappingVersionId} where chunk_id = ${chunk.chunk_id}`;
  if (chunk.file_kind === 'deleted') return applyDeletions(tx, context, text);
  if (chunk.file_kind === 'members') return recordMembersInTx(tx, context, text);
  if (chunk.file_kind === 'error') return recordServerErrors(tx, context, text);
  const truncated = text.length < chunk.byte_end - chunk.byte_start;
  const { max_line_bytes } = connection.config.limits;
  const first = position(chunk.file_no, chunk.first_line);
  const isBlocked = await readBlocklist(tx, deps.keyring, run.connection_id);
  const all = splitLines(text, first, truncated, max_line_bytes);
  const lines = isBlocked ? withoutBlocked(all, isBlocked, mappingSettings(connection)) : all;
  await loadChunk(tx, deps, context, lines);
  const refused = new Set(lines.refused?.map(({ line }) => line));
  if (refused.size > 0) await eraseLinesInTx(tx, chunk.chunk_id, (_, line) => refused.has(line));
  if (run.reconciles) await noteSeenInTx(tx, context, readLines(lines));
}

/** Until when the data know of stays that are not over: the server's time, never ours, where it said one. */
export function extractionDate(run: Run): string {
  const said = run.transaction_time?.slice(0, 10) ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(said) ? said : run.created_at.toISOString().slice(0, 10);
}

function isCollision(error: unknown): boolean {
  if (error instanceof Collision || error instanceof StateMoved) return true;
  // unique_violation, deadlock_detected, serialization_failure: another chunk was there at the same moment.
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === '23505' || code === '40P01' || code === '40001';
}
