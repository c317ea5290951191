/**
 * Formats rows as a plain table for a terminal. Numbers are right-aligned; long text is cut except in the
 * last column. What a terminal obeys is taken out first, so that it cannot shift the columns either.
 */
import { oneLine } from '../../jobs/step/clean.ts';

type Value = string | number | boolean | Date | null | undefined;

const WIDEST = 60;

export function table(rows: readonly Readonly<Record<string, Value>>[]): string {
  const [first] = rows;
  if (!first) return '  (none)';
  const columns = Object.keys(first);
  const last = columns.at(-1);
  const cells = rows.map((row) =>
    columns.map((column) => (column === last ? show(row[column]) : cut(show(row[column])))),
  );
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const isNumber = columns.map((column) =>
    rows.every((row) => typeof row[column] === 'number' || row[column] === null),
  );
  const line = (values: readonly string[]) =>
    `  ${values.map((value, index) => (isNumber[index] ? value.padStart(widths[index] ?? 0) : value.padEnd(widths[index] ?? 0))).join('  ')}`.trimEnd();
  const rule = widths.map((width) => '─'.repeat(Math.min(width, WIDEST)));
  return [line(columns), line(rule), ...cells.map(line)].join('\n');
}

function show(value: Value): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T', ' ');
  return typeof value === 'number' ? value.toLocaleString('en-US') : oneLine(String(value));
}

const cut = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);
