/**
 * Step: loads a vocabulary that was asked for through the API. There is no checkpoint: a load is one
 * transaction, in which the release, the end of this load and the completion of its job appear together or
 * not at all. A worker that dies leaves the old release in place, and the next worker starts over. If the job
 * is delivered twice at once, the second delivery finds the first at work (an advisory lock). It comes back
 * later, when there is nothing left to do.
 */
import type { Tx } from '../../sql/connect.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import { type Deps, ownerOf } from '../step/deps.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError, syncError } from '../step/errors.ts';
import type { Handler } from '../step/handler.ts';
import { allowedSource } from '../vocabulary/load/allowed-source.ts';
import { loadVocabulary, type Release } from '../vocabulary/load/load.ts';
import type { LoadProgress } from '../vocabulary/load/progress.ts';
import { keepSearch } from '../vocabulary/search/keep-search.ts';

/** Progress is written when the step or table changes, and at this interval in between. */
const WRITE_EVERY_MS = 2000;

export const loadVocabularyStep: Handler<'vocabulary'> = async (deps, step) => {
  const { load_id } = step.payload;
  const load = await begin(deps, load_id);
  if (!load) return step.commit(async () => {});
  const progress = writeProgress(deps, load_id);
  try {
    const source = await allowedSource(deps.vocabularyDir, load.path);
    await loadVocabulary({
      ...{ sql: ownerOf(deps), clock: deps.clock, log: deps.log, disk: deps.disk },
      source: source.full,
      within: source.folder,
      onProgress: progress.tell,
      record: async (tx, release) => {
        // A write outside this transaction would wait for the row that the transaction is about to change.
        await progress.end();
        await endInTx(tx, deps, load_id, release);
        const { release_id, version } = release;
        await recordInTx(tx, {
          ...{ at: deps.clock(), actor: WORKER, action: 'vocabulary.loaded' },
          ...{ object: `vocabulary-load/${load_id}`, details: { release_id, version } },
        });
        await step.completeInTx(tx);
      },
    });
  } catch (error) {
    await progress.end();
    await noteRetry(deps, load_id, error);
    throw error;
  }
  // The load is done and its job complete. A failure here is only logged; the next worker that starts makes
  // up for it.
  await keepSearch({ sql: ownerOf(deps), clock: deps.clock, log: deps.log }).done;
};

async function begin({ sql, clock }: Deps, loadId: number): Promise<{ path: string } | undefined> {
  const [load] = await sql<{ path: string }[]>`
    update vocabulary_load
    set state = 'running', started_at = ${clock()}, step = null, table_name = null, rows_copied = 0, fraction = 0
    where load_id = ${loadId} and state in ('queued', 'running')
    returning path`;
  return load;
}

async function endInTx(tx: Tx, { clock }: Deps, loadId: number, release: Release): Promise<void> {
  const ended = await tx`
    update vocabulary_load
    set state = 'loaded', finished_at = ${clock()}, release_id = ${release.release_id}, fraction = 1,
        rows_copied = ${release.tables.reduce((sum, table) => sum + table.rows, 0)}, step = null, table_name = null,
        warnings = ${[...release.warnings]}::text[], error_code = null, error_message = null
    where load_id = ${loadId} and state = 'running'
    returning load_id`;
  if (ended.length > 0) return;
  throw syncError('vocabulary-load-ended', { load_id: loadId });
}

/** Notes what was in the way of a load that is going to be tried again. */
async function noteRetry({ sql }: Deps, loadId: number, error: unknown): Promise<void> {
  if (!(error instanceof SyncError) || error.sort !== 'retry') return;
  const { code, message } = describeError(error);
  await sql`
    update vocabulary_load set state = 'queued', error_code = ${code}, error_message = ${message}
    where load_id = ${loadId} and state = 'running'`;
}

/**
 * Writes progress outside the load's transaction, into which nobody can see. One write runs at a time; of what is
 * reported meanwhile the last is written next, since nothing may follow it for as long as readers are waited for.
 */
function writeProgress({ sql, clock, log }: Deps, loadId: number) {
  let writing: Promise<void> | undefined;
  let next: LoadProgress | undefined;
  let writtenAt = 0;
  let writtenPlace = '';
  const write = async ({ step, table, allRows, fraction }: LoadProgress): Promise<void> => {
    try {
      await sql`
        update vocabulary_load
        set step = ${step}, table_name = ${table ?? null}, rows_copied = ${allRows}, fraction = ${fraction}
        where load_id = ${loadId} and state = 'running'`;
    } catch (error) {
      log.warn({ load_id: loadId, ...describeError(error) }, 'the progress of a load could not be written');
    }
  };
  const writeAll = async (progress: LoadProgress): Promise<void> => {
    await write(progress);
    while (next) {
      const last = next;
      next = undefined;
      await write(last);
    }
    writing = undefined;
  };
  return {
    tell(progress: LoadProgress): void {
      const place = `${progress.step} ${progress.table}`;
      const now = clock().getTime();
      if (place === writtenPlace && now - writtenAt < WRITE_EVERY_MS) return;
      [writtenAt, writtenPlace] = [now, place];
      if (writing) next = progress;
      else writing = writeAll(progress);
    },
    end: async (): Promise<void> => {
      next = undefined;
      await writing;
    },
  };
}
