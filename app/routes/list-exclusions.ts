import { createRoute, type RouteHandler, type z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { ExclusionSchema } from '../schemas/not-loaded.ts';
import { ConnectionParams, PageQuery, page, pageOf, ReasonQuery, TypeQuery } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/exclusions',
  operationId: 'list-exclusions',
  tags: ['Not loaded'],
  summary: 'List the resources that a rule keeps out of the CDM, newest first',
  description: 'Counted by run, type and rule they are in the detail of each run.',
  request: { params: ConnectionParams, query: PageQuery.extend({ ...TypeQuery, ...ReasonQuery }) },
  responses: {
    200: {
      description: 'A page of excluded resources.',
      content: { 'application/json': { schema: pageOf(ExclusionSchema, 'ExclusionPage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor, resource_type = null, reason = null } = c.req.valid('query');
  await connectionResource(sql, id);
  const rows = await sql<z.infer<typeof ExclusionSchema>[]>`
    select resource_key, resource_type, fhir_id, reason as rule, last_run
    from resource
    where connection_id = ${id} and outcome = 'excluded'
      and (${cursor ?? null}::bigint is null or resource_key < ${cursor ?? null})
      and (${resource_type}::text is null or resource_type = ${resource_type})
      and (${reason}::text is null or reason = ${reason})
    order by resource_key desc
    limit ${limit + 1}`;
  const details = { rows: Math.min(rows.length, limit) };
  await auditRead(c, { action: 'exclusions.read', target: `connection/${id}`, details });
  return c.json(
    page(c, rows, limit, (row) => row.resource_key),
    200,
  );
};
