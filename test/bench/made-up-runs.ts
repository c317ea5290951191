/**
 * A history of runs as SQL would find it after years, made up from one real run. Further connections are added; the
 * runs are spread over all of them and over 100 days, and every twentieth has failed. Each has files, chunks and their
 * counts, and ten failures that are open.
 */
import type { Sql } from '../../sql/connect.ts';

export interface History {
  readonly runs: number;
  /** With the one that is there. */
  readonly connections: number;
}

export async function makeUpRuns(sql: Sql, model: number, { runs, connections }: History): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      insert into connection (site_key, site_name, fhir_base_url, client_id)
      select 'made-up-' || n, 'Made up ' || n, fhir_base_url, client_id
      from connection, generate_series(2, ${connections}) n`;
    await tx`
      create temporary table made_up on commit drop as
      select n, row_number() over (order by n) as run_id, connection_id
      from generate_series(1, ${runs}) n
      join (select connection_id, row_number() over (order by connection_id) - 1 as place from connection) c
        on c.place = n % ${connections}`;
    await tx`
      insert into run (connection_id, kind, mode, status, triggered_by, since, transaction_time, manifest_at, closing_at,
        records_extracted, records_unchanged, records_loaded, records_excluded, records_failed, records_parked,
        records_redriven, records_mapped, rows_written, rows_deleted, error_step, error_code, error_message,
        created_at, started_at, finished_at)
      select m.connection_id, 'export', 'incremental', case when failed then 'failed' else 'completed' end, 'schedule',
        r.transaction_time, r.transaction_time, r.manifest_at, case when not failed then r.closing_at end,
        r.records_extracted, r.records_unchanged, r.records_loaded, r.records_excluded, r.records_failed,
        r.records_parked, r.records_redriven, r.records_mapped, r.rows_written, r.rows_deleted,
        case when failed then 'poll' end, case when failed then 'export-gone' end,
        case when failed then 'The export is no longer there.' end,
        at, at, at + interval '10 minutes'
      from made_up m
      cross join (select * from run where run_id = ${model}) r
      cross join lateral (select m.n % 20 = 0 as failed, now() - (${runs} - m.n) * interval '100 days' / ${runs} as at) f
      order by m.n`;
    const made = tx`(select run_id from run where triggered_by = 'schedule')`;
    await tx`
      insert into export_file (run_id, file_no, resource_type, phase, url, state, bytes_done, lines_done, finished_at)
      select m.run_id, n, 'Observation', 5, 'made-up', 'done', 2000000, 2000, now()
      from ${made} m, generate_series(1, 10) n`;
    await tx`
      insert into chunk (run_id, file_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state, mapped_at)
      select run_id, file_id, n, phase, n * 1000000, (n + 1) * 1000000, n * 1000, 1000, '', 'done', now()
      from export_file, generate_series(0, 1) n where url = 'made-up'`;
    const chunks = tx`(select c.chunk_id, c.run_id from chunk c join export_file f using (file_id) where url = 'made-up')`;
    await tx`
      insert into chunk_count (chunk_id, run_id, resource_type, extracted, loaded, failed, mapped)
      select chunk_id, run_id, 'Observation', 1000, 999, 1, 900 from ${chunks} c`;
    await tx`
      insert into chunk_rows (chunk_id, run_id, table_name, written)
      select chunk_id, run_id, name, 300
      from ${chunks} c, unnest(array['measurement', 'observation', 'condition_occurrence']) name`;
    await tx`
      insert into chunk_reason (chunk_id, run_id, resource_type, outcome, reason, resources)
      select chunk_id, run_id, 'Observation', 'failed', 'value-unreadable', 1 from ${chunks} c`;
    // Half of the failures have been resolved since.
    await tx`
      insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, fhir_id, reason, resolved_at)
      select r.connection_id, c.run_id, c.chunk_id, 0, 'Observation', 'made-up-' || c.chunk_id, 'value-unreadable',
        case when c.chunk_id % 2 = 0 then now() end
      from ${chunks} c join run r using (run_id)`;
  });
  // This is how autovacuum leaves a database that has been up for a while.
  await sql`vacuum analyze`;
}
