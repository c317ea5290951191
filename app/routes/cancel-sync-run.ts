import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { cancelRunInTx } from '../../jobs/operator/cancel-run.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { runNotFound, selectRuns } from '../reads/runs.ts';
import { RunParams } from '../schemas/page.ts';
import { RunSchema } from '../schemas/run.ts';
import { FOLLOWED_AT, runAddress } from '../schemas/started-run.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/cancel',
  operationId: 'cancel-sync-run',
  tags: ['Syncs'],
  summary: 'Cancel a live run',
  description:
    'What is loaded stays, whole chunks only; the watermark does not move. The export is released on the server.',
  request: { params: RunParams },
  responses: {
    202: {
      description: 'The run as it is now.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: RunSchema } },
    },
    ...errors('invalid-request', 'run-not-found', 'run-not-live'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { id, rid } = c.req.valid('param');
  await sql.begin(async (tx) => {
    await cancelRunInTx(tx, { queue, clock }, { connection_id: id, run_id: rid });
    const details = { connection_id: id };
    await audit(tx, c, { action: 'run.cancel', target: `run/${rid}`, status: 202, details });
  });
  const [run] = await selectRuns(sql, { connection_id: id, run_id: rid, limit: 1 });
  if (!run) throw runNotFound(id, rid);
  return c.json(run, 202, { location: runAddress(id, rid) });
};
