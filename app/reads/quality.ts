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
  /** How the check went in the last assessments of the same scope, this one included, the oldest first. */
  readonly history: readonly {
    readonly at: string;
    readonly percent: number | null;
    readonly passed: boolean;
  }[];
}

/** So many assessments are looked back. */
export const LOOKED_BACK = 12;

/** Since when a check fails without a break: `atLeast` where it does as far as was looked back. */
export function failingSince({
  history,
}: Pick<QualityResult, 'history'>): { readonly at: string; readonly atLeast: boolean } | undefined {
  const passedLast = history.findLastIndex(({ passed }) => passed);
  const first = history[passedLast + 1];
  return first && { at: first.at, atLeast: passedLast === -1 && history.length === LOOKED_BACK };
}

export interface Assessment {
  readonly assessment_id: number;
  readonly assessed_at: Date;
  readonly scope: string;
  readonly connection_id: number | null;
  readonly site_key: string | null;
  readonly run_id: number | null;
  /** Whom it looked at. */
  readonly persons: number;
  readonly passed: number;
  readonly failed: number;
}

/** Of the whole database too, where the caller sees all connections. */
export async function selectQuality(
  sql: Sql,
  { connections, failing }: { readonly connections: readonly number[] | null; readonly failing: boolean },
): Promise<QualityResult[]> {
  return await sql<QualityResult[]>`
    with shown as materialized (
      select scope, connection_id, site_key, assessed_at, check_id, name, description, table_name, field_name, violated,
        total, percent::float8 as percent, threshold::float8 as threshold, passed, row_number() over () as place
      from quality_results
      where is_latest and (${connections}::integer[] is null or connection_id = any (${connections}))
        and (not ${failing} or not passed)
      limit 500
    ),
    recent as (
      select * from (
        select assessment_id, assessed_at, scope, connection_id,
          row_number() over (partition by scope, connection_id order by assessment_id desc) as back
        from quality_assessment
      ) a where back <= ${LOOKED_BACK}
    ),
    gone as (
      select s.place, jsonb_agg(
        jsonb_build_object('at', a.assessed_at, 'percent', round(100.0 * r.violated / nullif(r.total, 0), 2),
          'passed', 100.0 * r.violated <= r.threshold * r.total)
        order by a.assessment_id
      ) as history
      from shown s
      join recent a on a.scope = s.scope and a.connection_id is not distinct from s.connection_id
      join quality_result r
        on (r.assessment_id, r.check_id, r.table_name, r.field_name) = (a.assessment_id, s.check_id, s.table_name, s.field_name)
      group by s.place
    )
    select s.*, g.history from shown s join gone g using (place) order by place`;
}

/** The last assessments with how many checks passed, newest first. */
export async function selectAssessments(
  sql: Sql,
  connections: readonly number[] | null,
): Promise<Assessment[]> {
  return await sql<Assessment[]>`
    select assessment_id, assessed_at, scope, connection_id, site_key, run_id, persons,
      count(*) filter (where passed) as passed, count(*) filter (where not passed) as failed
    from quality_results
    where (${connections}::integer[] is null or connection_id = any (${connections}))
      and assessment_id > (select coalesce(max(assessment_id), 0) - 30 from quality_assessment)
    group by assessment_id, assessed_at, scope, connection_id, site_key, run_id, persons
    order by assessment_id desc
    limit 30`;
}
