/**
 * Rows as CSV (RFC 4180) that a spreadsheet may open. A text that begins like a formula gets an apostrophe before it,
 * since codes and displays come from outside (OWASP, CSV injection); what reads our files takes it off again.
 */
type Cell = string | number | boolean | Date | null | undefined;

export function csvOf<Name extends string>(
  columns: readonly Name[],
  rows: readonly Readonly<Record<Name, Cell>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => show(row[column])).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

/** How it is sent, with the name that a browser saves it under. */
export const csvHeaders = (fileName: string) => ({
  'content-type': 'text/csv; charset=utf-8',
  'content-disposition': `attachment; filename="${fileName}"`,
});

const FORMULA = /^[=+\-@\t\r]/;

function show(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== 'string') return String(cell);
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
