/** Runs a statement that stands in a file of its own, and names the file when Postgres refuses it. */
import { relative } from 'node:path';
import type { ParameterOrJSON, Row } from 'postgres';
import type { Tx } from './connect.ts';

const ROOT = `${import.meta.dirname}/..`;
const files = new WeakMap<object, string>();

type Parameter = ParameterOrJSON<number | string>;

export async function runFile<T extends readonly Row[] = Row[]>(
  tx: Pick<Tx, 'file'>,
  path: string,
  parameters: Parameter[] = [],
): Promise<T> {
  try {
    return (await tx.file<T>(path, parameters)) as unknown as T;
  } catch (error) {
    if (error instanceof Error) files.set(error, relative(ROOT, path));
    throw error;
  }
}

/**
 * What Postgres refused: a file of ours, or the beginning of a statement, which is text of the program. Values are
 * sent apart from it.
 */
export function refusedStatement(error: Error): string | undefined {
  const file = files.get(error);
  if (file) return file;
  const query: unknown = Reflect.get(error, 'query');
  if (typeof query !== 'string') return undefined;
  const [, verb, table] = FIRST_TABLE.exec(query.slice(0, LONGEST_BEGINNING)) ?? [];
  if (verb === undefined || table === undefined) return undefined;
  return `${verb.toLowerCase() === 'from' ? 'select from' : verb.toLowerCase()} ${table.replaceAll('"', '')}`;
}

const LONGEST_BEGINNING = 2000;
const FIRST_TABLE =
  /\b(insert into|update|delete from|merge into|copy|truncate|(?:alter|create|drop) (?:temporary )?table|from) ((?:[a-z_0-9]{1,63}|"[^"\n]{1,63}")(?:\.(?:[a-z_0-9]{1,63}|"[^"\n]{1,63}"))?)/i;
