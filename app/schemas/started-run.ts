/** The response of a call that starts a run; Location names the address at which to follow the run. */
import { z } from '@hono/zod-openapi';

export const StartedRunSchema = z
  .object({
    run_id: z.number().int().describe('Number of the new run.'),
    connection_id: z.number().int().describe('Connection that it works on.'),
  })
  .openapi('StartedRun');

export const runAddress = (connectionId: number, runId: number) =>
  `/api/v1/admin/fhir-connections/${connectionId}/sync-runs/${runId}`;

/** Of an answer 202: where to follow what was started. */
export const FOLLOWED_AT = {
  Location: {
    description: 'Address at which to follow it.',
    schema: { type: 'string', format: 'uri-reference' },
    required: true,
  },
} as const;
