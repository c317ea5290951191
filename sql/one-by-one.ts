/**
 * A file of several statements as Citus takes it. It sends the query's whole text to the workers for each statement that
 * changes a distributed table, and they refuse text of several. In a block of PL/pgSQL each statement is a query of its
 * own; a bare SELECT is refused there (PERFORM is its name).
 */
export function oneByOne(statements: string): string {
  return `do $one_by_one$ begin\n${statements}\nend $one_by_one$`;
}
