import { createRoute, type RouteHandler, type z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { errors } from '../problems.ts';
import { reconciliationOf } from '../reads/reconciliations.ts';
import { PageQuery, page, pageOf, RunParams, TypeQuery } from '../schemas/page.ts';
import { VanishedSchema } from '../schemas/reconciliation.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/vanished',
  operationId: 'list-vanished',
  tags: ['Reconciliation'],
  summary: 'List the resources that are stored and that the full export did not hold',
  description: 'Filter: `resource_type`. Sorted by their numbers, newest first.',
  request: { params: RunParams, query: PageQuery.extend(TypeQuery) },
  responses: {
    200: {
      description: 'A page of vanished resources.',
      content: { 'application/json': { schema: pageOf(VanishedSchema, 'VanishedPage') } },
    },
    ...errors('invalid-request', 'reconciliation-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id, rid } = c.req.valid('param');
  const { limit, cursor, resource_type = null } = c.req.valid('query');
  await reconciliationOf(sql, { connection_id: id, run_id: rid });
  const rows = await sql<z.infer<typeof VanishedSchema>[]>`
    select v.resource_key, r.resource_type, r.fhir_id, v.removed
    from vanished v join resource r using (resource_key)
    where v.run_id = ${rid} and (${cursor ?? null}::bigint is null or v.resource_key < ${cursor ?? null})
      and (${resource_type}::text is null or r.resource_type = ${resource_type})
    order by v.resource_key desc
    limit ${limit + 1}`;
  const details = { rows: Math.min(rows.length, limit) };
  await auditRead(c, { action: 'vanished.read', target: `run/${rid}`, details });
  return c.json(
    page(c, rows, limit, (row) => row.resource_key),
    200,
  );
};
