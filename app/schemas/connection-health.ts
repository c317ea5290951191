import { z } from '@hono/zod-openapi';
import { RUN_STATUSES } from '../../jobs/step/run-status.ts';
import { HealthSchema, ReasonSchema } from './health.ts';

const when = (description: string) => z.iso.datetime().nullable().describe(description);

export const ConnectionHealthSchema = z
  .object({
    connection_id: z.number().int().describe('Connection.'),
    site_key: z.string().describe('Its site_key.'),
    healthy: z.boolean().describe('Whether health is "healthy".'),
    health: HealthSchema,
    reasons: z.array(ReasonSchema).describe('Why it is not healthy, what weighs most first.'),
    enabled: z.boolean().describe('Whether it may be synced.'),
    is_running: z.boolean().describe('Whether a run is under way.'),
    live_run_id: z.number().int().nullable().describe('The run under way.'),
    last_run_id: z.number().int().nullable().describe('Its last run that ended.'),
    last_run_status: z.enum(RUN_STATUSES).nullable().describe('How that ended.'),
    last_run_at: when('When that was asked for.'),
    last_success_at: when('When a run last completed.'),
    next_run_at: when('When its schedule starts the next sync; null without a schedule, and switched off.'),
    data_as_of: z
      .string()
      .nullable()
      .describe('Up to when the EHR has told everything: the watermark, as the server wrote it.'),
  })
  .openapi('ConnectionHealth');

export type ConnectionHealth = z.infer<typeof ConnectionHealthSchema>;
