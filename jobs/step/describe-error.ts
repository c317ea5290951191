/**
 * What of an error may be stored, shown and logged. Postgres quotes the offending value in its messages ("invalid
 * input syntax for type numeric: …", "Key (…)=(…)"), so of its errors only the code and the names of table, column
 * and constraint are kept. Stacks are kept as frames, without the message that heads them.
 */
import { SyncError } from './errors.ts';

export interface Described {
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function describeError(error: unknown): Described {
  if (error instanceof SyncError) return { code: error.code, message: error.message, stack: frames(error) };
  if (error instanceof Error && error.name === 'PostgresError') {
    const code = text(error, 'code') ?? 'unknown';
    const where = ['schema_name', 'table_name', 'column_name', 'constraint_name']
      .map((key) => text(error, key) && `${key.replace('_name', '')} ${text(error, key)}`)
      .filter(Boolean)
      .join(', ');
    const routine = text(error, 'routine');
    return {
      code: `postgres-${code}`,
      message: `Postgres refused a statement with SQLSTATE ${code}${routine ? ` (${routine})` : ''}${where ? `: ${where}` : ''}.`,
      stack: frames(error),
    };
  }
  if (error instanceof Error) {
    const code = text(error, 'code');
    // Messages of the runtime (ECONNRESET, ENOENT …) name hosts, ports and paths at most; others are ours.
    return { code: code ?? error.name, message: error.message.slice(0, 500), stack: frames(error) };
  }
  return { code: 'unknown', message: 'Something that is no Error was thrown.', stack: undefined };
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
