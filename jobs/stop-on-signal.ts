/**
 * Ends this process on SIGTERM or SIGINT: in order while that takes seconds, else as it is. A step that is cut off
 * (a kick-off that is not answered, a vocabulary being loaded) is one whose worker died: another takes it up.
 */
import type { Logger } from 'pino';

/** Less than the 30 s that Kubernetes gives; Docker's 10 s are enough for all but such steps. */
const LONGEST_MS = 25_000;

export function stopOnSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping: steps in progress finish or hand themselves on');
    setTimeout(() => {
      log.warn(`a step did not end within ${LONGEST_MS / 1000} s; another worker takes it up`);
      process.exit(0);
    }, LONGEST_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ code: error instanceof Error ? error.name : 'unknown' }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
}
