/** Runs in SQL, as the API shows them. Totals come from the view run_metrics, which counts live runs too. */
import type { Sql } from '../../sql/connect.ts';
import { type Problem, problem } from '../problems.ts';
import type { Run, RunDetail } from '../schemas/run.ts';

interface RunRow {
  run_id: number;
  connection_id: number;
  status: Run['status'];
  kind: Run['kind'];
  mode: Run['mode'];
  since: string | null;
  triggered_by: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  duration_seconds: number;
  transaction_time: string | null;
  next_poll_at: Date | null;
  export_progress: string | null;
  records_extracted: number;
  records_mapped: number;
  records_written: number;
  records_failed: number;
  records_skipped: number;
  records_excluded: number;
  records_loaded: number;
  records_parked: number;
  records_redriven: number;
  records_removed: number;
  held_by: string[];
  mapping_coverage: number | null;
  error_step: string | null;
  error_code: string | null;
  error_message: string | null;
  retry_step: string | null;
  retry_code: string;
  retry_message: string;
  retry_attempt: number;
  retry_failed_at: Date;
  retry_next_at: Date;
  retry_steps: number;
}

export interface RunFilter {
  readonly connection_id?: number | undefined;
  /** Only of these connections; null for all. */
  readonly connections?: readonly number[] | null | undefined;
  readonly run_id?: number | undefined;
  readonly statuses?: readonly string[] | undefined;
  /** Runs older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function selectRuns(sql: Sql, filter: RunFilter): Promise<Run[]> {
  // The page is chosen before the view counts, so that the view counts a page of runs and not all.
  const rows = await sql<RunRow[]>`
    with chosen as materialized (
      select run_id
      from run
      where (${filter.connection_id ?? null}::integer is null or connection_id = ${filter.connection_id ?? null})
        and (${filter.connections ?? null}::integer[] is null or connection_id = any (${filter.connections ?? null}))
        and (${filter.run_id ?? null}::bigint is null or run_id = ${filter.run_id ?? null})
        and (${filter.before ?? null}::bigint is null or run_id < ${filter.before ?? null})
        and (${filter.statuses ?? null}::text[] is null or status = any (${filter.statuses ?? null}))
      order by run_id desc
      limit ${filter.limit}
    )
    select m.run_id, m.connection_id, r.status, r.kind, r.mode, r.since, r.triggered_by, r.created_at, r.started_at,
      r.finished_at, m.duration_seconds, r.transaction_time, r.next_poll_at, r.export_progress,
      m.records_extracted, m.records_mapped, m.records_written, m.records_failed, m.records_skipped,
      m.records_excluded, m.records_loaded, m.records_parked, m.records_redriven, m.records_removed,
      m.mapping_coverage, r.held_by, r.error_step, r.error_code, r.error_message,
      m.retry_step, m.retry_code, m.retry_message, m.retry_attempt, m.retry_failed_at, m.retry_next_at, m.retry_steps
    from chosen
    join run r using (run_id)
    join run_metrics m using (run_id)
    order by run_id desc`;
  return rows.map(asRun);
}

function asRun(row: RunRow): Run {
  const { error_step, error_code, error_message, ...others } = row;
  const {
    retry_step,
    retry_code,
    retry_message,
    retry_attempt,
    retry_failed_at,
    retry_next_at,
    retry_steps,
    ...rest
  } = others;
  return {
    ...rest,
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    next_poll_at: row.next_poll_at?.toISOString() ?? null,
    error: error_code === null ? null : { step: error_step, code: error_code, message: error_message },
    retrying:
      retry_step === null
        ? null
        : {
            ...{ step: retry_step, code: retry_code, message: retry_message, attempt: retry_attempt },
            failed_at: retry_failed_at.toISOString(),
            next_at: retry_next_at.toISOString(),
            steps: retry_steps,
          },
  };
}

type Parts = Pick<
  RunDetail,
  'by_type' | 'by_table' | 'by_reason' | 'files' | 'crawl' | 'hydration' | 'notices'
>;
type CrawlRow = Omit<NonNullable<Parts['crawl']>, 'done_at'> & { readonly done_at: Date | null };

interface FileRow extends Omit<Parts['files'][number], 'finished_at' | 'error'> {
  readonly finished_at: Date | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

export async function selectRunParts(sql: Sql, runId: number): Promise<Parts> {
  const [by_type, by_table, by_reason, files, crawls, hydration, notices] = await Promise.all([
    sql<Parts['by_type']>`
      select resource_type, sum(extracted)::bigint as extracted, sum(redriven)::bigint as redriven,
        sum(unchanged)::bigint as unchanged, sum(loaded)::bigint as loaded, sum(excluded)::bigint as excluded,
        sum(failed)::bigint as failed, sum(parked)::bigint as parked, sum(mapped)::bigint as mapped
      from chunk_count
      where run_id = ${runId}
      group by resource_type
      order by resource_type`,
    sql<Parts['by_table']>`
      select table_name, sum(written)::bigint as written, sum(deleted)::bigint as deleted
      from chunk_rows
      where run_id = ${runId}
      group by table_name
      order by table_name`,
    sql<Parts['by_reason']>`
      select resource_type, outcome, reason, sum(resources)::bigint as resources
      from chunk_reason
      where run_id = ${runId}
      group by resource_type, outcome, reason
      order by resources desc, resource_type, outcome, reason`,
    sql<FileRow[]>`
      select file_no, kind, resource_type as type, state, bytes_done as bytes, lines_done as lines, expected_count,
        finished_at, error_code, error_message
      from export_file
      where run_id = ${runId}
      order by file_no`,
    sql<CrawlRow[]>`
      select cohort, patients, patients_done, not_found, searches, searches_done, searches_lost, requests, throttled, done_at
      from crawl_progress
      where run_id = ${runId}`,
    sql<Parts['hydration']>`
      select resource_type, wanted, asked, found, not_found, refused, unavailable
      from run_hydration where run_id = ${runId} order by resource_type`,
    sql<(Omit<Parts['notices'][number], 'at'> & { at: Date })[]>`
      select code, subject, amount, message, at from run_notice where run_id = ${runId} order by code, subject`,
  ]);
  return {
    by_type: [...by_type],
    by_table: [...by_table],
    by_reason: [...by_reason],
    files: files.map(({ error_code, error_message, ...file }) => ({
      ...file,
      finished_at: file.finished_at?.toISOString() ?? null,
      error: error_code === null ? null : { code: error_code, message: error_message ?? '' },
    })),
    crawl: crawls.map((crawl) => ({ ...crawl, done_at: crawl.done_at?.toISOString() ?? null }))[0] ?? null,
    hydration: [...hydration],
    notices: notices.map((notice) => ({ ...notice, at: notice.at.toISOString() })),
  };
}

export const runNotFound = (id: number, rid: number): Problem =>
  problem('run-not-found', `Connection ${id} has no run ${rid}. List its runs.`);
