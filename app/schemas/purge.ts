/** A request to purge a patient, without saying whom. */
import { z } from '@hono/zod-openapi';

const when = (description: string) => z.iso.datetime().nullable().describe(description);

export const PurgeSchema = z
  .object({
    purge_id: z.number().int().describe('Number of the purge.'),
    connection_id: z.number().int().describe('Connection.'),
    state: z
      .enum(['requested', 'running', 'done', 'lifted'])
      .describe('requested: waits for its turn among the runs; nothing of the patient is loaded any more.'),
    reason: z.string().describe('Why, in words of who asked.'),
    requested_by: z.string().describe('Who asked.'),
    requested_at: z.iso.datetime().describe('When.'),
    run_id: z.number().int().nullable().describe('The run that purges; null before its turn.'),
    resources: z.number().int().nullable().describe('Resources that were purged; null until it is done.'),
    finished_at: when('When it was done.'),
    lifted_at: when('Since when the patient may be loaded again.'),
    lifted_by: z.string().nullable().describe('Who lifted it.'),
  })
  .openapi('Purge');
