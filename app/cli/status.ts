/** `cli status [SITE]`: how the connections are doing, and their last runs. */
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { table } from './table.ts';

export async function showStatus(site: string | undefined): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { data, error } = await local.api.GET('/api/v1/admin/fhir-sync/dashboard', {});
    if (!data) throw new Error(error?.detail ?? 'the dashboard cannot be read');
    const only = site ? await connectionOf(local.api, site) : undefined;
    const of = <T extends { connection_id: number }>(rows: readonly T[]) =>
      rows.filter((row) => !only || row.connection_id === only.connection_id);
    console.log(`${local.engine.database.described}\n\nConnections`);
    console.log(
      table(
        of(data.connections).map((c) => ({
          ...{
            site: c.site_key,
            health: c.health,
            last_run: c.last_status,
            last_success: c.last_success_at?.slice(0, 19),
          },
          ...{
            coverage: c.mapping_coverage,
            failures_open: c.records_failed_open,
            parked: c.parked_open,
            live_run: c.live_run_id,
          },
        })),
      ),
    );
    console.log('\nRecent runs');
    console.log(
      table(
        of(data.recent_runs).map((r) => ({
          ...{
            run: r.run_id,
            connection: r.connection_id,
            status: r.status,
            mode: r.mode,
            started: r.created_at.slice(0, 19),
          },
          ...{
            seconds: r.duration_seconds,
            extracted: r.records_extracted,
            unchanged: r.records_skipped,
            loaded: r.records_loaded,
          },
          ...{
            excluded: r.records_excluded,
            failed: r.records_failed,
            parked: r.records_parked,
            error: r.error?.code,
          },
        })),
      ),
    );
    return true;
  } finally {
    await local.close();
  }
}
