import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startRedriveInTx } from '../../jobs/operator/redrive-failures.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { FOLLOWED_AT, runAddress, StartedRunSchema } from '../schemas/started-run.ts';

const StartRedriveSchema = z
  .strictObject({
    reason: z.string().min(1).max(200).optional().describe('Only failures of this reason.'),
    resource_type: z.string().min(1).max(64).optional().describe('Only failures of this FHIR type.'),
  })
  .openapi('StartRedrive');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/redrive',
  operationId: 'start-redrive',
  tags: ['Syncs'],
  summary: 'Map failed resources again, and what waits',
  description:
    'Takes the lines of open failures from the chunks that are kept, maps them with what the mapping, the settings ' +
    'and the vocabulary are now, and takes up what waits for something that has arrived. Nothing is asked of the EHR. ' +
    'A run of its own; one run of a connection at a time.',
  request: {
    params: ConnectionParams,
    headers: IdempotencyHeader,
    body: { required: false, content: { 'application/json': { schema: StartRedriveSchema } } },
  },
  responses: {
    202: {
      description: 'The run is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedRunSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'connection-not-found',
      'sync-already-running',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const filter = c.req.valid('json');
  const triggered_by = asTrigger(c.var.caller);
  const run_id = await sql.begin(async (tx) => {
    const started = await startRedriveInTx(
      tx,
      { queue, clock },
      { connection_id: id, triggered_by, ...filter },
    );
    const details = { connection_id: id };
    await audit(tx, c, { action: 'redrive.start', target: `run/${started}`, status: 202, details });
    return started;
  });
  return c.json({ run_id, connection_id: id }, 202, { location: runAddress(id, run_id) });
};
