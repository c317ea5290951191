/** Passes of the Data Quality Dashboard's checks, newest first, with how many checks fail by the thresholds of today. */
import type { Sql } from '../../sql/connect.ts';
import { problem } from '../problems.ts';
import type { DqdPass } from '../schemas/dqd.ts';

interface Row extends Omit<DqdPass, 'error' | 'started_at' | 'ended_at'> {
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

/** @throws Problem where there is none. */
export async function readPass(sql: Sql, pass: number): Promise<DqdPass> {
  const [found] = await selectPasses(sql, { pass, limit: 1 });
  if (!found) throw problem('dqd-pass-not-found', `There is no pass ${pass}.`);
  return found;
}

export async function selectPasses(
  sql: Sql,
  wanted: { readonly pass?: number; readonly before?: number | undefined; readonly limit: number },
): Promise<DqdPass[]> {
  const rows = await sql<Row[]>`
    select r.dqd_run_id, r.state, r.tables, r.tables_done, r.requested_by, r.program, r.started_at, r.ended_at,
      r.error_code, r.error_message,
      case when t.dqd_run_id is not null then jsonb_build_object(
        'passed', t.passed, 'failed', t.failed, 'not_applicable', t.not_applicable,
        'failed_completeness', t.failed_completeness, 'failed_conformance', t.failed_conformance,
        'failed_plausibility', t.failed_plausibility, 'began_to_fail', t.began_to_fail, 'mended', t.mended
      ) end as counts
    from (
      select * from dqd_run
      where (${wanted.pass ?? null}::integer is null or dqd_run_id = ${wanted.pass ?? null})
        and (${wanted.before ?? null}::bigint is null or dqd_run_id < ${wanted.before ?? null}::bigint)
      order by dqd_run_id desc limit ${wanted.limit}
    ) r
    left join dqd_trend t using (dqd_run_id)
    order by r.dqd_run_id desc`;
  return rows.map(({ error_code, error_message, ...row }) => ({
    ...row,
    started_at: row.started_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    error: error_code === null ? null : { code: error_code, message: error_message ?? '' },
  }));
}
