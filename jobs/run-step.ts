/**
 * Runs one step of the pipeline. A handler does its I/O first and then commits once: rows, checkpoint, next job and
 * the completion of its own job in one transaction. So a step may run twice, at once, or die anywhere:
 *
 * - dies before the commit: nothing happened; the missing heartbeat hands the job to another worker;
 * - dies after it: the job is complete, its successor is sent;
 * - its claim was lost meanwhile (a long pause, a cut connection): the completion finds no claim and all is rolled back.
 *
 * An expected failure is sent again after the delay that the error asks for, or else with growing delays, and stands
 * with the run until the step succeeds; what must not be tried again, and what failed too often, fails the run with its
 * reason.
 */
import type { Tx } from '../sql/connect.ts';
import { keepServerTextInTx } from './connection/server-text.ts';
import { RunEnded } from './run/advance.ts';
import { failStepInTx } from './run/fail-step.ts';
import { clearRetryInTx, idIn, noteRetryInTx } from './run/retries.ts';
import type { Sort } from './step/catalogue/entry.ts';
import type { Deps } from './step/deps.ts';
import { describeError } from './step/describe-error.ts';
import { SyncError } from './step/errors.ts';
import { BRIEF_ATTEMPTS, type Handler, MAX_ATTEMPTS } from './step/handler.ts';
import type { Job, Payload, StepName } from './step/queue.ts';
import { type Outcome, watched } from './watch-step.ts';

/** The status of an export may be asked for a day: the server works on, whatever becomes of a few questions. */
const MAX_POLLS_IN_VAIN = 100;
/** What servers ask us to wait is believed within these bounds; Epic's day is the longest sensible wait. */
const RETRY_AFTER_SECONDS = { least: 1, most: 24 * 3600 };
const MAX_DELAY_SECONDS = 900;

export async function runStep<S extends StepName>(
  deps: Deps,
  name: S,
  handler: Handler<S>,
  job: Job & { payload: Payload<S> },
  shouldYield: () => boolean = () => false,
  stopping?: AbortSignal,
): Promise<void> {
  await watched(deps, name, job.payload, () => tryStep(deps, name, handler, job, shouldYield, stopping));
}

async function tryStep<S extends StepName>(
  deps: Deps,
  name: S,
  handler: Handler<S>,
  job: Job & { payload: Payload<S> },
  shouldYield: () => boolean,
  stopping: AbortSignal | undefined,
): Promise<Outcome> {
  const { sql, queue, log } = deps;
  const endInTx = async (tx: Tx) => {
    if (!(await queue.completeInTx(tx, name, job))) throw new ClaimLost();
  };
  const completeInTx = async (tx: Tx) => {
    await clearRetryInTx(tx, job.payload, name);
    await endInTx(tx);
  };
  const commit = async (work: (tx: Tx) => Promise<void>) => {
    await sql.begin(async (tx) => {
      // First, since a step that asks to be tried again says why in its own commit.
      await clearRetryInTx(tx, job.payload, name);
      await work(tx);
      await endInTx(tx);
    });
  };
  const checkpoint = async (work: (tx: Tx) => Promise<void>) => {
    await sql.begin((tx) => work(tx));
  };
  try {
    const step = { payload: job.payload, commit, checkpoint, completeInTx, shouldYield, stopping };
    return await handler(deps, step).then(
      () => 'done' as const,
      async (error: unknown) => {
        if (error instanceof ClaimLost) throw error;
        if (!(error instanceof RunEnded)) return await settle(deps, name, job.payload, error, commit);
        await commit(async () => {});
        return 'done' as const;
      },
    );
  } catch (error) {
    if (!(error instanceof ClaimLost)) throw error;
    log.warn(
      { step: name, ...ids(job.payload) },
      'this job was given to another worker meanwhile; nothing was written',
    );
    return 'lost';
  }
}

class ClaimLost extends Error {}

async function settle<S extends StepName>(
  deps: Deps,
  name: S,
  payload: Payload<S>,
  error: unknown,
  commit: (work: (tx: Tx) => Promise<void>) => Promise<void>,
): Promise<'failed' | 'retry'> {
  const attempt = (payload.attempt ?? 0) + 1;
  const known = error instanceof SyncError ? error : undefined;
  const described = describeError(error);
  const giveUp = attempt >= mostTries(name, described.sort);
  // Names of the files of an import may be those of patients: the run tells them, the log does not.
  const message = described.code.startsWith('import-')
    ? 'an import cannot be read: see the run'
    : described.message;
  deps.log[giveUp ? 'error' : 'warn'](
    // Where in the program it happened is said once, in the log alone: frames name files of this machine.
    {
      step: name,
      ...ids(payload),
      attempt,
      ...described,
      message,
      stack: giveUp ? described.stack : undefined,
    },
    message,
  );
  const said = known?.saidByServer();
  const keepSaid = async (tx: Tx) => {
    if (known === undefined || said === undefined) return;
    await keepServerTextInTx(tx, { run_id: idIn(payload, 'run_id') ?? null, now: deps.clock() }, [
      { step: name, code: known.code, status: known.status ?? null, text: said },
    ]);
  };
  if (giveUp) {
    await commit(async (tx) => {
      await keepSaid(tx);
      await failStepInTx(tx, deps, payload, name, described);
    });
    return 'failed';
  }
  const seconds = delayOf(known?.retryAfterSeconds, attempt);
  await commit(async (tx) => {
    await keepSaid(tx);
    await noteRetryInTx(tx, payload, {
      ...{ step: name, attempt, error: described, failed_at: deps.clock(), seconds },
    });
    await deps.queue.sendInTx(tx, name, { ...payload, attempt } as Payload<S>, { startAfter: seconds });
  });
  return 'retry';
}

function mostTries(name: StepName, sort: Sort): number {
  if (sort === 'give-up') return 1;
  if (sort === 'retry-briefly') return BRIEF_ATTEMPTS;
  return name === 'poll' ? MAX_POLLS_IN_VAIN : MAX_ATTEMPTS;
}

function delayOf(asked: number | undefined, attempt: number): number {
  if (asked === undefined) return Math.min(MAX_DELAY_SECONDS, 2 ** attempt);
  return Math.min(RETRY_AFTER_SECONDS.most, Math.max(RETRY_AFTER_SECONDS.least, asked));
}

function ids(payload: object): object {
  return { ...payload };
}
