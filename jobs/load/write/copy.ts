/**
 * Copies rows into a table in the caller's transaction. It writes COPY's text format for the few kinds of
 * cells there are. NUL characters, which Postgres cannot store, are dropped.
 */
import type { Tx } from '../../../sql/connect.ts';
import { copyIn } from '../../../sql/copy-in.ts';
import { ByteWriter, specials } from '../../lines/byte-writer.ts';

export type Cell = string | number | boolean | Buffer | null | undefined;

const FLUSH = 64 * 1024;
const [TAB, NEWLINE] = [9, 10];

export async function copyRows(
  tx: Tx,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  await copyEach(tx, table, columns, rows, (out, row) => {
    for (let n = 0; n < row.length; n++) writeCell(out, n, row[n]);
  });
}

/** `write` passes a row's cells to writeCell, one for each column. */
export async function copyEach<Row>(
  tx: Tx,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
  write: (out: ByteWriter, row: Row) => void,
): Promise<void> {
  if (rows.length === 0) return;
  // These names are our own, never a server's.
  const statement = `copy "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) from stdin`;
  await copyIn(tx, statement, pieces(rows, write));
}

function* pieces<Row>(rows: readonly Row[], write: (out: ByteWriter, row: Row) => void): Generator<Buffer> {
  const out = new ByteWriter();
  for (const row of rows) {
    write(out, row);
    out.byte(NEWLINE);
    if (out.length > FLUSH) yield out.take();
  }
  if (out.length > 0) yield out.bytes.subarray(0, out.length);
}

/** `position` is the number of the cell in its row; all but the first are preceded by a tab. */
export function writeCell(out: ByteWriter, position: number, cell: Cell): void {
  out.reserve(3);
  if (position > 0) out.bytes[out.length++] = TAB;
  if (cell === null || cell === undefined) {
    out.bytes[out.length++] = BACKSLASH;
    out.bytes[out.length++] = 0x4e;
  } else if (typeof cell === 'string') writeText(out, cell);
  else if (typeof cell === 'number') out.number(cell);
  else if (typeof cell === 'boolean') out.byte(cell ? 0x74 : 0x66);
  else writeBytes(out, cell);
}

const BACKSLASH = 0x5c;
const ESCAPED = specials('\\');
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '' };
/** From this length on, one call is quicker than looking at each character. */
const SHORT = 200;

function writeText(out: ByteWriter, text: string): void {
  if (text.length < SHORT && out.plain(text, ESCAPED)) return;
  out.text(text.replace(/[\\\n\r\t\0]/g, (character) => ESCAPES[character] ?? ''));
}

/** Writes bytes that are given as hexadecimal digits. */
export function writeHexCell(out: ByteWriter, position: number, digits: string): void {
  if (position > 0) out.byte(TAB);
  beginBytes(out);
  out.plain(digits, ESCAPED);
}

/** `\\x`: the backslash is escaped in turn. */
function beginBytes(out: ByteWriter): void {
  out.byte(BACKSLASH);
  out.byte(BACKSLASH);
  out.byte(0x78);
}

function writeBytes(out: ByteWriter, cell: Buffer): void {
  beginBytes(out);
  out.text(cell.toString('hex'));
}
