/** An identifier for SQL text: schemas are named by users. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
