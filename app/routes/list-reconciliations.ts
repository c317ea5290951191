import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { selectReconciliations } from '../reads/reconciliations.ts';
import { ConnectionParams, PageQuery, page, pageOf } from '../schemas/page.ts';
import { ReconciliationSchema } from '../schemas/reconciliation.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/reconciliations',
  operationId: 'list-reconciliations',
  tags: ['Reconciliation'],
  summary: 'List the reconciliations of a connection, newest first',
  description: 'Sorted by the run that reconciled, newest first.',
  request: { params: ConnectionParams, query: PageQuery },
  responses: {
    200: {
      description: 'A page of reconciliations.',
      content: { 'application/json': { schema: pageOf(ReconciliationSchema, 'ReconciliationPage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor } = c.req.valid('query');
  await connectionResource(sql, id);
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectReconciliations(sql, { connection_id: id, before, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, (row) => row.run_id),
    200,
  );
};
