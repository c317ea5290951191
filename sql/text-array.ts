/**
 * A text[] as Postgres writes it, to be sent as text: `${textArray(ids)}::text::text[]`. postgres.js quotes
 * an array element by element, which takes a good part of a query's time for the thousands of ids of a chunk.
 */
export function textArray(values: readonly string[]): string {
  if (values.length === 0) return '{}';
  const all = values.join('');
  const plain = !all.includes('"') && !all.includes('\\');
  return `{"${(plain ? values : values.map((one) => one.replace(/["\\]/g, '\\$&'))).join('","')}"}`;
}
