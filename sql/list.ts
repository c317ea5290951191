/** A list as a parameter: postgres.js asks for arrays that it might change, and changes none. */
export function list<T>(values: readonly T[]): T[] {
  return values as T[];
}
