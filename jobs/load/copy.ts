/**
 * COPY of rows into a table, in the caller's transaction. Text format: numbers, text, NULL and bytes are all there is.
 * NUL characters, which Postgres cannot store, are dropped.
 */
import type { Tx } from '../../sql/connect.ts';
import { copyIn } from '../../sql/copy-in.ts';

export type Cell = string | number | boolean | Buffer | null | undefined;

const FLUSH = 64 * 1024;

/** `rows` are read once, one after the other, so they may be made on the way. */
export async function copyRows(
  tx: Tx,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const texts = pieces(rows);
  const first = texts.next();
  if (first.done) return;
  // Names are ours, never a server's.
  const statement = `copy "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) from stdin`;
  await copyIn(tx, statement, all(first.value, texts));
}

async function* all(first: Buffer, rest: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function* pieces(rows: Iterable<readonly Cell[]>): Generator<Buffer> {
  let text = '';
  for (const row of rows) {
    for (let index = 0; index < row.length; index++) {
      if (index > 0) text += '\t';
      text += encode(row[index]);
    }
    text += '\n';
    if (text.length > FLUSH) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}

const SPECIAL = /[\\\n\r\t\0]/;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '' };

function encode(cell: Cell): string {
  if (cell === null || cell === undefined) return '\\N';
  if (typeof cell === 'string')
    return SPECIAL.test(cell) ? cell.replace(/[\\\n\r\t\0]/g, (c) => ESCAPES[c] ?? '') : cell;
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  return `\\\\x${cell.toString('hex')}`;
}
