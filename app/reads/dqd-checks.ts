/** Checks of the last pass of the Data Quality Dashboard's that a person may judge: what came, and the threshold. */
import type { Sql } from '../../sql/connect.ts';

export interface DqdCheck {
  readonly check_id: string;
  /** Null where the last pass has no such check. */
  readonly status: 'pass' | 'fail' | 'not applicable' | null;
  readonly category: string | null;
  readonly table_name: string | null;
  readonly field_name: string | null;
  readonly concept_id: string | null;
  readonly description: string | null;
  readonly violated: number | null;
  readonly total: number | null;
  readonly percent: number | null;
  /** The Data Quality Dashboard's own. */
  readonly default_threshold: number | null;
  /** The site's; null where it has set none. */
  readonly threshold: number | null;
  readonly note: string | null;
  readonly changed_by: string | null;
  readonly changed_at: Date | null;
}

/** `failing`, those whose threshold the site has `set`, or one by its id. */
export type DqdChecksWanted = { readonly show: 'failing' | 'set' } | { readonly check_id: string };

interface Page {
  /** The check that ended the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export async function selectDqdChecks(
  sql: Sql,
  wanted: DqdChecksWanted,
  { after, limit }: Page,
): Promise<DqdCheck[]> {
  const which =
    'check_id' in wanted
      ? sql`check_id = ${wanted.check_id}`
      : wanted.show === 'set'
        ? sql`h.check_id is not null`
        : sql`r.status = 'fail'`;
  return await sql<DqdCheck[]>`
    select check_id, r.status, r.category, r.table_name, r.field_name, r.concept_id, r.description, r.violated, r.total,
      r.percent, r.default_threshold, h.threshold, h.note, h.changed_by, h.changed_at
    from (
      select s.*, o.default_threshold
      from dqd_results s join dqd_result o using (dqd_run_id, check_id)
      where s.is_latest
    ) r
    full join dqd_threshold h using (check_id)
    where ${which} and (${after ?? null}::text is null or check_id > ${after ?? null})
    order by check_id limit ${limit}`;
}
