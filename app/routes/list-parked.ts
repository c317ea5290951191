import { createRoute, type RouteHandler, type z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { ParkedSchema } from '../schemas/not-loaded.ts';
import { ConnectionParams, PageQuery, page, pageOf, TypeQuery } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/parked',
  operationId: 'list-parked',
  tags: ['Not loaded'],
  summary: 'List what waits for something that has not arrived, newest resources first',
  description: 'They are taken up by themselves when it arrives, in whichever run.',
  request: { params: ConnectionParams, query: PageQuery.extend(TypeQuery) },
  responses: {
    200: {
      description: 'A page of waiting resources.',
      content: { 'application/json': { schema: pageOf(ParkedSchema, 'ParkedPage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

type Row = Omit<z.infer<typeof ParkedSchema>, 'since'> & { since: Date };

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor, resource_type = null } = c.req.valid('query');
  await connectionResource(sql, id);
  const rows = await sql<Row[]>`
    select resource_key, resource_type, fhir_id, waits_for_type, waits_for_id, is_parked, reason, since, age_hours,
      since_run
    from parked
    where connection_id = ${id} and (${cursor ?? null}::bigint is null or resource_key < ${cursor ?? null})
      and (${resource_type}::text is null or resource_type = ${resource_type})
    order by resource_key desc
    limit ${limit + 1}`;
  const items = rows.map((row) => ({ ...row, since: row.since.toISOString() }));
  const details = { rows: Math.min(items.length, limit) };
  await auditRead(c, { action: 'parked.read', target: `connection/${id}`, details });
  return c.json(
    page(c, items, limit, (row) => row.resource_key),
    200,
  );
};
