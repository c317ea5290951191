/** Quality checks of the latest assessments, what fails first, with how long it has. */
import type { Sql } from '../../sql/connect.ts';

export interface QualityResult {
  readonly scope: string;
  readonly connection_id: number | null;
  readonly site_key: string | null;
  readonly assessed_at: Date;
  readonly check_id: string;
  readonly name: string;
  readonly description: string;
  readonly table_name: string | null;
  readonly field_name: string | null;
  readonly violated: number;
  readonly total: number;
  readonly percent: number | null;
  readonly threshold: number;
  readonly passed: boolean;
}

export interface Assessment {
  readonly assessment_id: number;
  readonly assessed_at: Date;
  readonly scope: string;
  readonly connection_id: number | null;
  readonly site_key: string | null;
  readonly run_id: number | null;
  readonly passed: number;
  readonly failed: number;
}

/** Of the whole database too, where the caller sees all connections. */
export async function selectQuality(
  sql: Sql,
  { connections, failing }: { readonly connections: readonly number[] | null; readonly failing: boolean },
): Promise<QualityResult[]> {
  return await sql<QualityResult[]>`
    select scope, connection_id, site_key, assessed_at, check_id, name, description, table_name, field_name, violated,
      total, percent::float8 as percent, threshold::float8 as threshold, passed
    from quality_results
    where is_latest and (${connections}::integer[] is null or connection_id = any (${connections}))
      and (not ${failing} or not passed)
    limit 500`;
}

/** The last assessments with how many checks passed, newest first. */
export async function selectAssessments(
  sql: Sql,
  connections: readonly number[] | null,
): Promise<Assessment[]> {
  return await sql<Assessment[]>`
    select assessment_id, assessed_at, scope, connection_id, site_key, run_id,
      count(*) filter (where passed) as passed, count(*) filter (where not passed) as failed
    from quality_results
    where (${connections}::integer[] is null or connection_id = any (${connections}))
      and assessment_id > (select coalesce(max(assessment_id), 0) - 30 from quality_assessment)
    group by assessment_id, assessed_at, scope, connection_id, site_key, run_id
    order by assessment_id desc
    limit 30`;
}
