/** The dashboard: one call for a page on how all connections are doing. The same figures stand in the SQL views. */
import { z } from '@hono/zod-openapi';
import { HealthSchema, NoticeSchema, ReasonSchema } from './health.ts';
import { RunSchema } from './run.ts';

const count = (description: string) => z.number().int().describe(description);
const share = (description: string) => z.number().nullable().describe(description);
const when = (description: string) => z.iso.datetime().nullable().describe(description);

export const DashboardSchema = z
  .object({
    generated_at: z.iso.datetime().describe('When this was computed.'),
    totals: z
      .object({
        connections: count('Connections.'),
        connections_active: count('Of them active.'),
        runs: count('Runs ever.'),
        runs_live: count('Runs under way.'),
        runs_completed: count('Runs that completed.'),
        runs_failed: count('Runs that failed.'),
        records_extracted: count('Resources received.'),
        records_mapped: count('Resources loaded with Standard concepts.'),
        records_loaded: count('Resources loaded.'),
        records_written: count('Rows written to the CDM.'),
        records_skipped: count('Resources that were unchanged.'),
        records_excluded: count('Resources rightly not loaded.'),
        records_failed: count('Resources that failed.'),
        records_failed_open: count('Failures that no later version has resolved.'),
        parked_open: count('Resources that wait for their Patient now.'),
        mapping_coverage: share('Percent of the loaded that are mapped.'),
      })
      .describe('Over all connections and runs.'),
    workers: z
      .object({
        seen_at: when('Last sign of life of a worker or tick; null when there never was one.'),
        running: z.boolean().describe('Whether one was seen within the last 90 seconds.'),
      })
      .describe('Whether somebody works on what is live or pending.'),
    funnel: z
      .array(
        z.object({
          connection_id: z.number().int().describe('Connection.'),
          site_key: z.string().describe('Its site_key.'),
          extracted: count('Received.'),
          unchanged: count('Unchanged.'),
          mapped: count('Loaded with Standard concepts.'),
          loaded: count('Loaded.'),
          rows_written: count('CDM rows written.'),
          excluded: count('Rightly not loaded.'),
          failed: count('Failed.'),
          parked: count('Waiting for their Patient.'),
        }),
      )
      .describe('From what was received to what is in the CDM, by connection (view pipeline_funnel).'),
    timeline: z
      .array(
        z.object({
          day: z.string().describe('Day, UTC.'),
          runs: count('Runs started.'),
          completed: count('Of them completed.'),
          failed: count('Of them failed.'),
          cancelled: count('Of them cancelled.'),
          live: count('Of them still under way.'),
          extracted: count('Resources received.'),
          loaded: count('Resources loaded.'),
          rows_written: count('CDM rows written.'),
          records_failed: count('Resources that failed.'),
        }),
      )
      .describe('The last 30 days, oldest first (as in the view sync_timeline_30d).'),
    connections: z
      .array(
        z.object({
          connection_id: z.number().int().describe('Connection.'),
          site_key: z.string().describe('Its site_key.'),
          site_name: z.string().describe('Its name.'),
          is_active: z.boolean().describe('Whether it may be synced.'),
          health: HealthSchema,
          reasons: z.array(ReasonSchema).describe('Why it is not healthy, what weighs most first.'),
          last_status: z.string().nullable().describe('Status of its last run that ended.'),
          last_sync_at: when('When that was.'),
          last_success_at: when('When it last completed.'),
          hours_since_success: share('Hours since.'),
          runs_30d: count('Runs in 30 days.'),
          failed_30d: count('Of them failed.'),
          success_rate_30d: share('Percent of the finished that completed.'),
          records_failed_open: count('Failures that no later version has resolved.'),
          parked_open: count('Resources that wait for their Patient now.'),
          mapping_coverage: share('Percent of all that its runs loaded that are mapped.'),
          watermark: z.string().nullable().describe('The next `_since`.'),
          live_run_id: z.number().int().nullable().describe('Run under way.'),
          last_run_id: z.number().int().nullable().describe('Its last run that ended.'),
          notices: z
            .array(NoticeSchema.extend({ run_id: z.number().int().describe('Run that it is of.') }))
            .describe('Notices of the run under way, of the last one and of the last completed sync.'),
        }),
      )
      .describe('How each connection is doing (view connection_health).'),
    recent_runs: z.array(RunSchema).describe('The last 20 runs, newest first.'),
  })
  .openapi('Dashboard');

export type Dashboard = z.infer<typeof DashboardSchema>;
