import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { startRunInTx } from '../../jobs/run/start-run.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { FOLLOWED_AT, runAddress, StartedRunSchema } from '../schemas/started-run.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/reconcile',
  operationId: 'start-reconciliation',
  tags: ['Reconciliation'],
  summary: 'Start a full sync that is compared with what is stored',
  description:
    'For servers that do not say what was deleted. When the run closes, what is stored and did not come is listed ' +
    'under `reconciliations`; nothing is removed until that is confirmed.',
  request: { params: ConnectionParams, headers: IdempotencyHeader },
  responses: {
    202: {
      description: 'The run is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedRunSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'connection-not-found',
      'sync-already-running',
      'connection-inactive',
      'connection-without-server',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const triggered_by = asTrigger(c.var.caller);
  const run_id = await sql.begin(async (tx) => {
    const started = await startRunInTx(
      tx,
      { queue, clock },
      { connection_id: id, triggered_by, reconcile: true },
    );
    const target = `run/${started.run_id}`;
    await audit(tx, c, {
      action: 'reconciliation.start',
      target,
      status: 202,
      details: { connection_id: id },
    });
    return started.run_id;
  });
  return c.json({ run_id, connection_id: id }, 202, { location: runAddress(id, run_id) });
};
