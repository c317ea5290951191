/** A few of many by name, the rest by number: "a, b and 7 more". */
const NAMED = 10;

export function inWords(names: readonly string[]): string {
  const named = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? `${named} and ${names.length - NAMED} more` : named;
}
