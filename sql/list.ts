/**
 * Passes a read-only list as a parameter: the types of postgres.js ask for mutable arrays, but it changes
 * none.
 */
export function list<T>(values: readonly T[]): T[] {
  return values as T[];
}
