/** Cuts to a column's width in characters, as Postgres counts them: code points, never half a surrogate pair. */
export function cut(value: string, width: number): string {
  if (value.length <= width) return value;
  const characters = [...value];
  return characters.length <= width ? value : characters.slice(0, width).join('');
}
