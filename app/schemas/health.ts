/** How a connection is doing: one word, and why. The words are those of the view connection_health. */
import { z } from '@hono/zod-openapi';
import { HEALTH } from '../../jobs/connection/health.ts';

export const HealthSchema = z
  .enum(HEALTH)
  .describe(
    'The worst that its reasons lead to: healthy; degraded (syncs are completed, but not well); never-synced; silent (by ' +
      'its schedule a sync is overdue); failing (the last run failed); paused (switched off, or by the circuit breaker).',
  );

export const ReasonSchema = z
  .object({
    code: z.string().describe('Stable code.'),
    subject: z.string().describe('Types, a file, a scope, a step, an error code; empty for the whole.'),
    amount: z.number().int().nullable().describe('How many; null where nothing is counted.'),
    run_id: z.number().int().nullable().describe('Run that it is of.'),
    message: z.string().describe('What is wrong.'),
    todo: z.string().nullable().describe('What to do, where that can be told.'),
  })
  .openapi('HealthReason');

export const NoticeSchema = z
  .object({
    code: z.string().describe('Stable code.'),
    subject: z.string().describe('A type, a scope, a file; empty where there is only one.'),
    amount: z.number().int().describe('How many.'),
    message: z.string().describe('What happened and what to do.'),
    at: z.iso.datetime().describe('When it was noticed.'),
  })
  .openapi('RunNotice');
