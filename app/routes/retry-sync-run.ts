import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { retryRunInTx } from '../../jobs/operator/retry-run.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { runNotFound, selectRuns } from '../reads/runs.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { RunParams } from '../schemas/page.ts';
import { RunSchema } from '../schemas/run.ts';
import { FOLLOWED_AT, runAddress } from '../schemas/started-run.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/retry',
  operationId: 'retry-sync-run',
  tags: ['Syncs'],
  summary: 'Retry a failed run from its checkpoint',
  description:
    'Files that are here are not fetched again, chunks that are mapped are not mapped again. Only the last run of a connection.',
  request: { params: RunParams, headers: IdempotencyHeader },
  responses: {
    202: {
      description: 'The run as it is now.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: RunSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'run-not-found',
      'run-not-failed',
      'run-still-live',
      'import-still-live',
      'run-not-last',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { id, rid } = c.req.valid('param');
  await sql.begin(async (tx) => {
    await retryRunInTx(tx, { queue, clock }, { connection_id: id, run_id: rid });
    const details = { connection_id: id };
    await audit(tx, c, { action: 'run.retry', target: `run/${rid}`, status: 202, details });
  });
  const [run] = await selectRuns(sql, { connection_id: id, run_id: rid, limit: 1 });
  if (!run) throw runNotFound(id, rid);
  return c.json(run, 202, { location: runAddress(id, rid) });
};
