/** Reads the loads of vocabularies for the API, newest first. */
import type { Sql } from '../../sql/connect.ts';
import type { VocabularyLoad } from '../schemas/vocabulary-load.ts';

interface Row extends Omit<VocabularyLoad, 'error' | 'created_at' | 'started_at' | 'finished_at'> {
  error_code: string | null;
  error_message: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export async function selectLoads(
  sql: Sql,
  now: Date,
  wanted: { readonly load_id?: number; readonly before?: number | undefined; readonly limit: number },
): Promise<VocabularyLoad[]> {
  const rows = await sql<Row[]>`
    select load_id, path, state, step, table_name as "table", rows_copied as rows, fraction,
      extract(epoch from coalesce(finished_at, ${now}) - started_at)::float8 as seconds,
      warnings, error_code, error_message, release_id, requested_by, created_at, started_at, finished_at
    from vocabulary_load
    where (${wanted.load_id ?? null}::bigint is null or load_id = ${wanted.load_id ?? null})
      and (${wanted.before ?? null}::bigint is null or load_id < ${wanted.before ?? null})
    order by load_id desc limit ${wanted.limit}`;
  return rows.map(({ error_code, error_message, ...row }) => ({
    ...row,
    error: error_code === null ? null : { code: error_code, message: error_message ?? '' },
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
  }));
}
