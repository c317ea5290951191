/**
 * What may be stored, shown and logged about an error. Postgres quotes the offending value in its messages ("invalid
 * input syntax for type numeric: …", "Key (…)=(…)"). So only the code, the names of table, column and constraint, and
 * which statement it was are kept of its errors. Stacks are kept as frames, without the message at their head.
 */
import { refusedStatement } from '../../sql/run-file.ts';
import { classOf, classOfCode, DATABASE } from './catalogue/database.ts';
import type { Sort } from './catalogue/entry.ts';
import { clean } from './clean.ts';
import { SyncError } from './errors.ts';

export interface Described {
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly sort: Sort;
}

export function describeError(error: unknown): Described {
  if (error instanceof SyncError) {
    return { code: error.code, message: error.message, stack: frames(error), sort: error.sort };
  }
  if (!(error instanceof Error)) {
    const message = 'Something that is no Error was thrown.';
    return { code: 'unknown', message, stack: undefined, sort: 'retry' };
  }
  return { ...(error.name === 'PostgresError' ? refusalOf(error) : ofRuntime(error)), stack: frames(error) };
}

function refusalOf(error: Error): Omit<Described, 'stack'> {
  const code = text(error, 'code') ?? 'unknown';
  const where = ['schema_name', 'table_name', 'column_name', 'constraint_name']
    .map((key) => text(error, key) && `${key.replace('_name', '')} ${text(error, key)}`)
    .filter(Boolean)
    .join(', ');
  const routine = text(error, 'routine');
  const { says, todo, sort } = DATABASE[classOf(code, routine)];
  const statement = refusedStatement(error);
  return {
    code: `postgres-${code}`,
    message:
      `Postgres refused ${statement ?? 'a statement'} with SQLSTATE ${code}${routine ? ` (${routine})` : ''}${where ? `: ${where}` : ''}. ` +
      `${says} ${todo}`.replace(/\s+/g, ' '),
    sort,
  };
}

/** Messages of the system (ENOENT …) name hosts, ports and paths at most; the other messages are ours. */
function ofRuntime(error: Error): Omit<Described, 'stack'> {
  const code = text(error, 'code') ?? error.name;
  // JSON.parse quotes what it refuses.
  if (error instanceof SyntaxError) {
    return { code, message: 'Something was not JSON where this program expects it.', sort: 'retry' };
  }
  if (quotesValues(error)) {
    const message = `This program did something with a value that does not take it (${error.name}). The stack in the log says where: report it.`;
    return { code, message, sort: 'retry' };
  }
  const said = clean(error.message, 500);
  if (text(error, 'path') && said.startsWith(`${code}: `)) {
    const message = `${said.slice(code.length + 2)}. Check that path, and that the user of this program may read or write there.`;
    return { code, message, sort: 'retry' };
  }
  const found = classOfCode(code);
  if (!found) return { code, message: said, sort: 'retry' };
  const { says, todo, sort } = DATABASE[found];
  return { code, message: `${says} (${said}) ${todo}`.replace(/\s+/g, ' '), sort };
}

/** What the language itself says quotes the value at fault: "Cannot use 'in' operator to search for 'id' in …". */
function quotesValues(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error.name === 'DataCloneError';
}

function text(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' && value ? value : undefined;
}

function frames(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 20)
    .join('\n');
}
