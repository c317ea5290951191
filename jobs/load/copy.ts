/**
 * COPY of rows into a table, in the caller's transaction. Text format: numbers, text, NULL and bytes are all there is.
 * NUL characters, which Postgres cannot store, are dropped.
 */
import type { Tx } from '../../sql/connect.ts';
import { copyIn } from '../../sql/copy-in.ts';

export type Cell = string | number | boolean | Buffer | null | undefined;

const FLUSH = 256 * 1024;

export async function copyRows(
  tx: Tx,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  if (rows.length === 0) return;
  // Names are ours, never a server's.
  const statement = `copy "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) from stdin`;
  await copyIn(tx, statement, pieces(rows));
}

async function* pieces(rows: readonly (readonly Cell[])[]): AsyncGenerator<Buffer> {
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
