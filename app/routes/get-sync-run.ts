import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { runNotFound, selectRunParts, selectRuns } from '../reads/runs.ts';
import { RunParams } from '../schemas/page.ts';
import { RunDetailSchema } from '../schemas/run.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}',
  operationId: 'get-sync-run',
  tags: ['Syncs'],
  summary: 'Get a run, with what became of each type, table, reason and file',
  description: 'Of a live run, too: ask again until `status` is completed, failed or cancelled.',
  request: { params: RunParams },
  responses: {
    200: { description: 'The run.', content: { 'application/json': { schema: RunDetailSchema } } },
    ...errors('invalid-request', 'run-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id, rid } = c.req.valid('param');
  const [run] = await selectRuns(sql, { connection_id: id, run_id: rid, limit: 1 });
  if (!run) throw runNotFound(id, rid);
  return c.json({ ...run, ...(await selectRunParts(sql, rid)) }, 200);
};
