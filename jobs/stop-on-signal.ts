/**
 * Ends this process on SIGTERM or SIGINT: in order while that takes seconds, else as it is. A step that is cut off
 * (a kick-off that is not answered, a vocabulary being loaded) is one whose worker died: another takes it up.
 *
 * Signals are listened to from the start, also while the database is waited for: the first process of a container gets
 * none that it does not listen to.
 */
import type { Logger } from 'pino';

/** Less than the 30 s that Kubernetes gives; Docker's 10 s are enough for all but such steps. */
const LONGEST_MS = 25_000;

export interface Signals {
  /** How to end once there is something to end; until then the process just goes. */
  stopWith(log: Logger, stop: () => Promise<void>): void;
}

export function listenForSignals(): Signals {
  let begin = (signal: string): void => {
    console.error(`${signal} before this was ready; nothing was begun.`);
    process.exit(0);
  };
  let stopping = false;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, (signal) => {
      if (stopping) return;
      stopping = true;
      begin(signal);
    });
  }
  return {
    stopWith(log, stop) {
      begin = (signal) => endInOrder(log, stop, signal);
    },
  };
}

function endInOrder(log: Logger, stop: () => Promise<void>, signal: string): void {
  log.info({ signal }, 'stopping: steps in progress finish or hand themselves on');
  setTimeout(() => {
    log.warn(`a step did not end within ${LONGEST_MS / 1000} s; another worker takes it up`);
    process.exit(0);
  }, LONGEST_MS).unref();
  stop().then(
    () => {
      log.info('stopped');
      process.exit(0);
    },
    (error: unknown) => {
      log.error({ code: error instanceof Error ? error.name : 'unknown' }, 'could not stop in order');
      process.exit(1);
    },
  );
}
