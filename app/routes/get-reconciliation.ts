import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { reconciliationOf } from '../reads/reconciliations.ts';
import { RunParams } from '../schemas/page.ts';
import { ReconciliationSchema } from '../schemas/reconciliation.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}',
  operationId: 'get-reconciliation',
  tags: ['Reconciliation'],
  summary: 'What a reconciling run found vanished, and what became of it',
  description:
    '`state` says whether a person may confirm the removal, and `vanished` which number to confirm.',
  request: { params: RunParams },
  responses: {
    200: {
      description: 'The reconciliation.',
      content: { 'application/json': { schema: ReconciliationSchema } },
    },
    ...errors('invalid-request', 'reconciliation-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id, rid } = c.req.valid('param');
  return c.json(await reconciliationOf(c.var.services.sql, { connection_id: id, run_id: rid }), 200);
};
