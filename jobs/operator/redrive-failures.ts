/**
 * Step "redo" of a redrive: maps failed resources again, from the chunks that hold their lines. After a fix
 * of the mapping, of a setting or of the vocabulary, they may be loaded. What fails again is a failure of
 * this run. What waits for a Patient or Medication is taken up by the settle step, which comes next.
 *
 * The step works in bounded batches, in the order of the failures. The checkpoint is the last failure_id, in
 * the job.
 */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { ByIdentity } from '../lines/by-identity.ts';
import { position } from '../lines/line.ts';
import { type Entry, type Read, readLine } from '../lines/read-lines.ts';
import { type Known, readKnown } from '../load/compare/known.ts';
import { type Again, loadAgain } from '../load/load-chunk.ts';
import { openChunkInTx } from '../load/open-chunk.ts';
import { linesOf } from '../load/take-out/park.ts';
import type { Clock } from '../step/clock.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import type { Queue } from '../step/queue.ts';
import { type Run, readRun } from '../step/run.ts';
import { startOperationInTx } from './start-operation.ts';

const BATCH = 2000;
/** This run has not counted them yet, so they count as redriven. */
const NO_RUN = 0;

export interface RedriveFilter {
  readonly reason?: string | undefined;
  readonly resource_type?: string | undefined;
}

export async function startRedriveInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  request: RedriveFilter & { readonly connection_id: number; readonly triggered_by: string },
): Promise<number> {
  const { connection_id, triggered_by, reason, resource_type } = request;
  const { site_key } = await readConnection(tx, connection_id);
  return await startOperationInTx(tx, deps, {
    ...{ connection_id, site_key, triggered_by, kind: 'redrive' },
    asked: { reason, resource_type },
  });
}

export const redoStep: Handler<'redo'> = async (deps, step) => {
  const { run_id, after = 0 } = step.payload;
  const run = await readRun(deps.sql, run_id);
  if (run?.status !== 'processing' || run.kind !== 'redrive') return step.commit(async () => {});
  await step.commit(async (tx) => {
    // Keeps a second delivery from doing the same at the same time.
    await tx`select 1 from run where run_id = ${run_id} for no key update`;
    const failures = await openFailures(tx, run, after);
    const last = failures.at(-1);
    if (!last) return deps.queue.sendInTx(tx, 'redrive', { run_id });
    await redoInTx(tx, deps, run, failures);
    await deps.queue.sendInTx(tx, 'redo', { run_id, after: last.failure_id });
  });
};

interface Failure {
  readonly failure_id: number;
  readonly run_id: number;
  readonly chunk_id: number;
  readonly chunk_line: number;
  readonly first_line: number;
  readonly file_no: number;
}

/** Reads open failures of resources only: what a server could not export is asked for by the next sync. */
async function openFailures(tx: Tx, run: Run, after: number): Promise<Failure[]> {
  const { reason = null, resource_type = null } = filterOf(run.asked);
  return await tx<Failure[]>`
    select f.failure_id, f.run_id, f.chunk_id, f.chunk_line, c.first_line, e.file_no
    from failure f join chunk c using (chunk_id) join export_file e on e.file_id = c.file_id
    where f.connection_id = ${run.connection_id} and f.resolved_at is null and f.run_id < ${run.run_id}
      and f.failure_id > ${after} and e.kind in ('output', 'hydrated')
      and (${reason}::text is null or f.reason = ${reason}) 
      and (${resource_type}::text is null or coalesce(f.resource_type, e.resource_type) = ${resource_type})
    order by f.failure_id
    limit ${BATCH}`;
}

function filterOf(asked: unknown): RedriveFilter {
  const text = (name: string): string | undefined => {
    const value: unknown = typeof asked === 'object' && asked !== null ? Reflect.get(asked, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return { reason: text('reason'), resource_type: text('resource_type') };
}

async function redoInTx(tx: Tx, deps: Deps, run: Run, failures: readonly Failure[]): Promise<void> {
  const connection = await readConnection(tx, run.connection_id);
  const read = await readAgain(tx, deps.keyring, failures, connection.config.limits.max_line_bytes);
  const known = await readKnown(
    tx,
    run.connection_id,
    read.map(({ entry }) => entry),
  );
  const items = new ByIdentity<{ readonly again: Again; readonly failure: Failure }>();
  const settled: number[] = [];
  for (const { entry, failure } of read) {
    const before = known.get(entry.type, entry.id);
    if (before && isNewer(before, failure)) {
      settled.push(failure.failure_id);
      continue;
    }
    // The same resource has failed twice: the later failure counts.
    const other = items.get(entry.type, entry.id);
    if (other) settled.push(other.failure.failure_id);
    items.set(entry.type, entry.id, {
      failure,
      again: { entry, known: before, origin: failure.chunk_id, sinceRun: NO_RUN },
    });
  }
  const again = [...items.values()];
  if (again.length > 0) {
    const context = await openChunkInTx(
      tx,
      deps,
      run,
      connection,
      again.map((one) => one.failure.failure_id),
    );
    await loadAgain(
      tx,
      { resolver: deps.resolver },
      context,
      again.map((one) => one.again),
    );
  }
  // Resources that failed again have a failure of this run.
  const done = [...settled, ...again.map((one) => one.failure.failure_id)];
  await tx`
    update failure set resolved_at = ${deps.clock()}
    where failure_id = any(${done}::bigint[]) and resolved_at is null`;
  const lost = failures.length - read.length;
  if (lost > 0) {
    deps.log.warn(
      { run_id: run.run_id, failures: lost },
      'the lines of these failures cannot be read again: they are no resources still, or their chunk is no longer kept',
    );
  }
}

/** Another version has arrived since, and did not fail. */
function isNewer(known: Known, failure: Failure): boolean {
  return known.outcome !== 'failed' && known.last_run >= failure.run_id;
}

/** Reads the lines that are resources now. The others remain failures. */
async function readAgain(
  tx: Tx,
  keyring: Keyring,
  failures: readonly Failure[],
  maxLineBytes: number,
): Promise<{ entry: Entry; failure: Failure }[]> {
  const lines = await linesOf(
    tx,
    keyring,
    failures.map(({ failure_id, chunk_id, chunk_line }) => ({ key: failure_id, chunk_id, chunk_line })),
  );
  return failures.flatMap((failure) => {
    const read: Read = { entries: [], unreadable: [] };
    const line = lines.get(failure.failure_id);
    const { chunk_line, first_line, file_no } = failure;
    const at = position(file_no, first_line + chunk_line);
    if (line && line.length <= maxLineBytes) readLine(read, { bytes: line, line: chunk_line, position: at });
    const [entry] = read.entries;
    return entry ? [{ entry, failure }] : [];
  });
}
