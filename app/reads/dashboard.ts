/** The dashboard's figures, read from the views that BI tools read too. */
import { workerSigns } from '../../jobs/step/worker-signs.ts';
import type { Sql } from '../../sql/connect.ts';
import type { Dashboard } from '../schemas/dashboard.ts';
import { selectHealth } from './health.ts';
import { selectRuns } from './runs.ts';

type Totals = Dashboard['totals'];
type TotalsOfRuns = Pick<Totals, 'runs' | 'runs_live' | 'runs_completed' | 'runs_failed'>;

/** The figures of these connections, or of all. */
export async function selectDashboard(
  sql: Sql,
  queueSchema: string,
  { now, only }: { readonly now: Date; readonly only: readonly number[] | null },
): Promise<Dashboard> {
  const visible = sql`(${only}::integer[] is null or connection_id = any (${only}))`;
  const [[ofRuns], funnel, timeline, connections, recent_runs, workers] = await Promise.all([
    sql<[TotalsOfRuns]>`
      select count(*) as runs,
        count(*) filter (where status not in ('completed', 'failed', 'cancelled')) as runs_live,
        count(*) filter (where status = 'completed') as runs_completed,
        count(*) filter (where status = 'failed') as runs_failed
      from run
      where ${visible}`,
    sql<Dashboard['funnel']>`
      select connection_id, site_key, extracted, unchanged, mapped, loaded, rows_written, excluded, failed, parked
      from pipeline_funnel
      where ${visible}
      order by connection_id`,
    sql<Dashboard['timeline']>`
      select d.day::date::text as day,
        coalesce(sum(s.runs), 0)::bigint as runs,
        coalesce(sum(s.completed), 0)::bigint as completed,
        coalesce(sum(s.failed), 0)::bigint as failed,
        coalesce(sum(s.cancelled), 0)::bigint as cancelled,
        coalesce(sum(s.live), 0)::bigint as live,
        coalesce(sum(s.extracted), 0)::bigint as extracted,
        coalesce(sum(s.loaded), 0)::bigint as loaded,
        coalesce(sum(s.rows_written), 0)::bigint as rows_written,
        coalesce(sum(s.records_failed), 0)::bigint as records_failed
      from generate_series(current_date - 29, current_date, interval '1 day') as d(day)
      left join sync_days s on s.day = d.day::date and ${visible}
      group by d.day
      order by d.day`,
    selectHealth(sql, only),
    selectRuns(sql, { connections: only, limit: 20 }),
    workerSigns(sql, queueSchema),
  ]);
  return {
    generated_at: now.toISOString(),
    totals: {
      connections: connections.length,
      connections_active: connections.filter((one) => one.is_active).length,
      records_failed_open: sum(connections, (one) => one.records_failed_open),
      parked_open: sum(connections, (one) => one.parked_open),
      ...ofRuns,
      ...totalsOf(funnel),
    },
    workers: { ...workers, seen_at: workers.seen_at?.toISOString() ?? null },
    funnel: [...funnel],
    timeline: [...timeline],
    connections,
    recent_runs,
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** What the runs of all connections received and made of it. */
function totalsOf(funnel: Dashboard['funnel']) {
  const of = (name: Exclude<keyof Dashboard['funnel'][number], 'connection_id' | 'site_key'>) =>
    sum(funnel, (one) => one[name]);
  const [mapped, loaded] = [of('mapped'), of('loaded')];
  return {
    ...{ records_extracted: of('extracted'), records_mapped: mapped, records_loaded: loaded },
    ...{ records_written: of('rows_written'), records_skipped: of('unchanged') },
    ...{ records_excluded: of('excluded'), records_failed: of('failed') },
    mapping_coverage: loaded === 0 ? null : Math.round((10_000 * mapped) / loaded) / 100,
  };
}
