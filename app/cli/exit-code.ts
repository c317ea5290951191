/** 0 done, 1 failed, 2 not understood, 3 not reachable: what a command ends with, and what it says of its error. */
import { CommanderError } from '@commander-js/extra-typings';
import { classOf, classOfCode } from '../../jobs/step/catalogue/database.ts';
import { describeError } from '../../jobs/step/describe-error.ts';
import { ApiProblem } from '../../openapi/client/index.ts';
import { NotUnderstood } from './not-understood.ts';
import { Refused } from './refused.ts';
import { NotReachable } from './server.ts';

export interface Ending {
  readonly code: 0 | 1 | 2 | 3;
  /** What is still to be said. */
  readonly says?: string;
}

export function endingOf(error: unknown): Ending {
  // The parser has said what it does not understand, or given help.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof NotUnderstood) return { code: 2, says: error.message };
  const { code, message } = toldBy(error);
  // A class name says nothing to people.
  const says = code === 'Error' ? `\nFailed: ${message}` : `\nFailed (${code}): ${message}`;
  const unreachable = error instanceof NotReachable || classOfRefusal(code) === 'connection-lost';
  return { code: unreachable ? 3 : 1, says };
}

function toldBy(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof Refused) return error;
  if (!(error instanceof ApiProblem)) return describeError(error);
  const { code, detail, errors } = error;
  // One fault is the detail.
  const faults = errors.length > 1 ? errors.map(({ path, message }) => `\n  ${path}: ${message}`) : [];
  return { code, message: `${detail}${faults.join('')}` };
}

/** Also of a server that is starting or stopping, which answers with a SQLSTATE. */
function classOfRefusal(code: string) {
  const [, state] = /^postgres-(\w{5})$/.exec(code) ?? [];
  return state === undefined ? classOfCode(code) : classOf(state);
}
