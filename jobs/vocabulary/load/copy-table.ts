/**
 * Copies one file into its new table. Columns are matched by the header's names, not by position. What
 * Postgres objects to is reported as file, line, column and what was expected there, never as the text of the
 * line.
 */
import postgres from 'postgres';
import type { Tx } from '../../../sql/connect.ts';
import { copyIn } from '../../../sql/copy-in.ts';
import { quoted } from '../../../sql/quoted.ts';
import { SyncError, syncError } from '../../step/errors.ts';
import { type Lines, readLines } from './athena-lines.ts';
import type { BundleFile } from './bundle.ts';
import type { NewTable } from './new-tables.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

export async function copyTable(
  tx: Tx,
  file: BundleFile,
  table: NewTable,
  onProgress: (lines: Lines) => void,
): Promise<number> {
  const columns = await columnsOf(tx, table);
  const lines = await openLines(file);
  try {
    const header = checkHeader(file, lines.header, columns);
    const names = header.map(quoted).join(', ');
    const rows = await copyIn(
      tx,
      // FREEZE marks the rows as old from the start. So everyone who sees the table sees them (a reader with
      // an older snapshot would find it empty otherwise), and no vacuum ever needs to rewrite them.
      `copy ${table.fresh} (${names}) from stdin with (format csv, header, delimiter E'\\t', quote E'\\b', freeze)`,
      watched(lines, onProgress, file),
    );
    if (lines.endMarkAt !== undefined) {
      throw badLine(file, lines.endMarkAt, undefined, `${columns.length} fields separated by tabs`);
    }
    return rows;
  } catch (error) {
    throw explained(error, file, columns);
  } finally {
    lines.stop();
  }
}

async function openLines(file: BundleFile): Promise<Lines> {
  try {
    return await readLines(await file.open());
  } catch (cause) {
    throw cause instanceof SyncError ? cause : unreadable(file, cause);
  }
}

async function columnsOf(tx: Tx, table: NewTable): Promise<Column[]> {
  return tx<Column[]>`
    select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
    from pg_attribute
    where attrelid = ${table.fresh}::regclass and attnum > 0 and not attisdropped and attgenerated = ''
    order by attnum`;
}

function checkHeader(file: BundleFile, header: readonly string[], columns: readonly Column[]): string[] {
  const names = header.map((name) => name.trim().toLowerCase());
  const known = new Set(columns.map((column) => column.name));
  const unknown = names.filter((name) => !known.has(name));
  const missing = columns.filter((column) => column.required && !names.includes(column.name));
  if (unknown.length === 0 && missing.length === 0 && new Set(names).size === names.length) return names;
  // Unknown names are shown only when they look like column names, since the first line could also be data.
  const shown = unknown.filter((name) => /^[a-z_][a-z0-9_]{0,62}$/.test(name));
  throw syncError('vocabulary-header', {
    file: file.name,
    columns: columns.map((column) => column.name).join(', '),
    found: [
      unknown.length > 0 && `${unknown.length} unknown${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`,
      missing.length > 0 && `missing ${missing.map((column) => column.name).join(', ')}`,
      new Set(names).size !== names.length && 'one is there twice',
    ]
      .filter(Boolean)
      .join('; '),
  });
}

async function* watched(
  lines: Lines,
  onProgress: (lines: Lines) => void,
  file: BundleFile,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of lines.pieces()) {
      yield piece;
      onProgress(lines);
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: BundleFile, cause: unknown): SyncError {
  return syncError(
    'vocabulary-source-unreadable',
    { file: file.name, found: 'could not be read to its end: it is damaged or did not arrive whole' },
    { cause },
  );
}

/**
 * `where` of a COPY error, with its words in the server's language: `COPY name, line 3, column
 * valid_start_date: "…"`.
 */
const WHERE = /^COPY [^,]+, \S+ (\d+)(?:, \S+ ([a-z_][a-z0-9_]*))?/;

function explained(error: unknown, file: BundleFile, columns: readonly Column[]): unknown {
  if (!(error instanceof postgres.PostgresError)) return error;
  const match = WHERE.exec(error.where ?? '');
  if (!match?.[1]) return error;
  const column = columns.find((candidate) => candidate.name === (error.column_name || match[2]));
  return badLine(file, Number(match[1]), column, expectedBy(error.code, column, columns));
}

function expectedBy(sqlState: string, column: Column | undefined, columns: readonly Column[]): string {
  if (sqlState === '22P04') return `${columns.length} fields separated by tabs`;
  if (sqlState === '22021') return 'text in UTF-8';
  if (sqlState === '23502') return 'a value, since the column may not be empty';
  if (column?.type === 'date') return 'a date as YYYYMMDD';
  return column ? `a value that fits ${column.type}` : `a line that fits the table (SQLSTATE ${sqlState})`;
}

function badLine(file: BundleFile, line: number, column: Column | undefined, expected: string): SyncError {
  const place = column ? `, column ${column.name}` : '';
  return syncError('vocabulary-line', { file: file.name, line, column: place, expected });
}
