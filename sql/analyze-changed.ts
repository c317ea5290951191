import type { Sql } from './connect.ts';

/**
 * Has Postgres look again at the tables that have changed by more than a tenth since it last did. To be called before
 * statements over all that a run touched: autovacuum looks once a minute, and what it knows by then decides whether such a
 * statement takes seconds or hours. Names of the tables. On Citus none of those that lie on its nodes, which look after
 * their own parts.
 */
export async function analyzeChanged(sql: Sql): Promise<string[]> {
  const [found] = await sql<{ tables: string[] }[]>`select analyze_changed() as tables`;
  return found?.tables ?? [];
}
