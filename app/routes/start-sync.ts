import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startRunInTx } from '../../jobs/run/start-run.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { FOLLOWED_AT, runAddress } from '../schemas/started-run.ts';

const StartSyncSchema = z
  .strictObject({
    force_full: z
      .boolean()
      .default(false)
      .describe(
        'Ask for everything again, whatever the watermark; unchanged resources are still recognised.',
      ),
  })
  .openapi('StartSync');

const StartedSyncSchema = z
  .object({
    run_id: z.number().int().describe('Number of the new run.'),
    connection_id: z.number().int().describe('Connection that is synced.'),
    mode: z.enum(['full', 'incremental']).describe('Everything, or what changed since the watermark.'),
    status: z.literal('pending').describe('The run has not begun yet.'),
  })
  .openapi('StartedSync');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/sync',
  operationId: 'start-sync',
  tags: ['Syncs'],
  summary: 'Start a sync',
  description:
    'Answers at once; the run is followed at the address in Location. One run of a connection at a time.',
  request: {
    params: ConnectionParams,
    headers: IdempotencyHeader,
    body: { required: false, content: { 'application/json': { schema: StartSyncSchema } } },
  },
  responses: {
    202: {
      description: 'The run is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedSyncSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'connection-not-found',
      'sync-already-running',
      'connection-inactive',
      'connection-without-server',
      'credentials-cleared',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const { force_full = false } = c.req.valid('json');
  const triggered_by = asTrigger(c.var.caller);
  const { run_id, mode } = await sql.begin(async (tx) => {
    const started = await startRunInTx(tx, { queue, clock }, { connection_id: id, triggered_by, force_full });
    const details = { connection_id: id, mode: started.mode };
    await audit(tx, c, { action: 'sync.start', target: `run/${started.run_id}`, status: 202, details });
    return started;
  });
  return c.json({ run_id, connection_id: id, mode, status: 'pending' as const }, 202, {
    location: runAddress(id, run_id),
  });
};
