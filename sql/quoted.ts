/** What stands in a statement that is written as text. */

/** A name, in quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text, in quotes. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
