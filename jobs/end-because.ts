/** Ends a process that cannot start. Errors that we know say what to do; of others the stack is what helps. */
import { endFailed, isOwnFault } from '../sql/arguments.ts';
import { describeError } from './step/describe-error.ts';
import { SyncError } from './step/errors.ts';

export function endBecause(error: unknown): never {
  if (error instanceof SyncError) endFailed(error.message);
  const { code, message, stack } = describeError(error);
  endFailed(
    `Failed${code === 'Error' ? '' : ` (${code})`}: ${message}${isOwnFault(error) && stack ? `\n${stack}` : ''}`,
  );
}
