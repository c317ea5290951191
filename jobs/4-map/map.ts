/**
 * Step 4: maps one chunk in one transaction: parse, compare, map, COPY, account, send what comes next. Of two
 * deliveries of a job, the second finds the chunk done. Two chunks with versions of the same resource collide
 * on its identity; the later one is rolled back and done again, and then sees the first.
 */
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { openBody } from '../connection/sealed-data.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { unpack } from '../lines/chunk-text.ts';
import { isBeginning } from '../lines/chunker.ts';
import { position } from '../lines/line.ts';
import { readLines, splitLines } from '../lines/read-lines.ts';
import { readBlocklist, withoutBlocked } from '../load/blocklist.ts';
import { readOverlappingInTx } from '../load/compare/overlapping.ts';
import { confirmInTx, MustBeAlone } from '../load/compare/seen-unchanged.ts';
import { loadChunk } from '../load/load-chunk.ts';
import { mappingVersionInTx } from '../load/mapping-version.ts';
import { eraseLinesInTx } from '../load/take-out/erase-text.ts';
import { mapAloneInTx, mapBesideOthersInTx } from '../load/take-turns.ts';
import { commitThroughCollisions } from '../load/through-collisions.ts';
import { advanceInTx } from '../run/advance.ts';
import { recordMembersInTx } from '../run/group-membership.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import { extractionDate, isLive, type Run, readRun } from '../step/run.ts';
import { applyDeletions } from './apply-deletions.ts';
import { noteSeenInTx } from './note-seen.ts';
import { recordServerErrors } from './server-errors.ts';

interface Chunk {
  readonly chunk_id: number;
  readonly phase: number;
  readonly first_line: number;
  readonly lines: number;
  readonly byte_start: number;
  readonly byte_end: number;
  readonly file_no: number;
  readonly file_kind: 'output' | 'deleted' | 'error' | 'members' | 'hydrated';
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
  const text = await unpack(await openBody(deps.keyring, chunk_id, chunk.body));
  let tries = 0;
  let isAlone = false;
  await commitThroughCollisions(step.commit, async (tx, before) => {
    // The chunk holds something that is there already, so from now on no resource of this run is taken for
    // new without asking.
    if (tries++ > 0) deps.firstLoads.set(run_id, false);
    isAlone ||= before instanceof MustBeAlone;
    await (isAlone ? mapAloneInTx : mapBesideOthersInTx)(tx, run.connection_id);
    if (!(await claimInTx(tx, chunk_id))) return;
    const confirm = await loadInTx(tx, deps, run, connection, { ...chunk, isAlone }, text);
    await confirm?.();
    await tx`update chunk set state = 'done', mapped_at = ${clock()} where chunk_id = ${chunk_id}`;
    await advanceInTx(tx, queue, { run_id, limits: connection.config.limits }, clock());
  });
};

async function readChunk(deps: Deps, chunkId: number): Promise<Chunk | undefined> {
  const [chunk] = await deps.sql<Chunk[]>`
    select c.chunk_id, c.phase, c.first_line, c.lines, c.byte_start, c.byte_end, f.file_no, f.kind as file_kind,
      f.resource_type as file_type, b.body
    from chunk c join export_file f using (file_id) join chunk_body b using (chunk_id)
    where c.chunk_id = ${chunkId} and c.state = 'queued'`;
  return chunk;
}

/**
 * Resolves to false when another delivery of this job has done the chunk; one that is doing it is waited for.
 */
async function claimInTx(tx: Tx, chunkId: number): Promise<boolean> {
  const rows = await tx`select 1 from chunk where chunk_id = ${chunkId} and state = 'queued' for update`;
  return rows.length > 0;
}

/** Resolves to what is left to be done when all is written, where that is anything. */
async function loadInTx(
  tx: Tx,
  deps: Deps,
  run: Run,
  connection: Connection,
  chunk: Chunk & { readonly isAlone: boolean },
  text: Buffer,
): Promise<(() => Promise<void>) | undefined> {
  const overlapping = await readOverlappingInTx(tx, run);
  const context = {
    ...{ connectionId: connection.connection_id, connection, runId: run.run_id, chunkId: chunk.chunk_id },
    keyring: deps.keyring,
    ...{ phase: chunk.phase, fileType: chunk.file_type, now: deps.clock(), isAlone: chunk.isAlone },
    ...(await mappingVersionInTx(tx, deps.resolver, connection)),
    extractionDate: extractionDate(run),
    overlapping,
    remembers: overlapping.size === 0 && !mayHaveSettled(run, chunk),
  };
  await tx`update chunk set mapping_version_id = ${context.mappingVersionId} where chunk_id = ${chunk.chunk_id}`;
  const isBlocked = await readBlocklist(tx, deps.keyring, run.connection_id);
  if (chunk.file_kind === 'deleted') {
    const naming = await applyDeletions(tx, context, text, isBlocked);
    return void (await eraseLinesInTx(tx, deps.keyring, chunk.chunk_id, naming));
  }
  if (chunk.file_kind === 'error') return void (await recordServerErrors(tx, context, text));
  const truncated = isBeginning({ text, size: chunk.byte_end - chunk.byte_start, lines: chunk.lines });
  const { max_line_bytes } = connection.config.limits;
  const first = position(chunk.file_no, chunk.first_line);
  const all = splitLines(text, first, truncated, max_line_bytes);
  const lines = isBlocked ? withoutBlocked(all, isBlocked, mappingSettings(connection)) : all;
  const isMembers = chunk.file_kind === 'members';
  if (isMembers) await recordMembersInTx(tx, context, lines);
  const verdicts = isMembers ? undefined : await loadChunk(tx, deps, context, lines);
  const refused = lines.refused?.map(({ entry }) => entry.line) ?? [];
  await eraseLinesInTx(tx, deps.keyring, chunk.chunk_id, refused, max_line_bytes);
  if (run.reconciles && chunk.file_kind === 'output') await noteSeenInTx(tx, context, readLines(lines));
  return verdicts && (() => confirmInTx(tx, context, verdicts));
}

/**
 * What settles takes rows away: a Patient whom another replaced is no person any more. A run settles before it asks for
 * more, and before it is taken up again; of its parts, the later one brings Patients once more.
 */
function mayHaveSettled({ retried_at, part }: Run, { file_kind }: Chunk): boolean {
  return retried_at !== null || part !== 'main' || file_kind === 'hydrated';
}
