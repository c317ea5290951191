/** Ends a process that cannot start. Errors that we know say what to do; of others the stack is what helps. */
import { endFailed } from '../sql/arguments.ts';
import { describeError } from './step/describe-error.ts';
import { SyncError } from './step/errors.ts';

export function endBecause(error: unknown): never {
  if (error instanceof SyncError) endFailed(error.message);
  const { code, message, stack } = describeError(error);
  const isOurs = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);
  endFailed(
    `Failed${code === 'Error' ? '' : ` (${code})`}: ${message}${isOurs && stack ? `\n${stack}` : ''}`,
  );
}
