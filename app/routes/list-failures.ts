import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { FailureSchema } from '../schemas/not-loaded.ts';
import { ConnectionParams, PageQuery, page, pageOf, ReasonQuery, TypeQuery } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/failures',
  operationId: 'list-failures',
  tags: ['Not loaded'],
  summary: 'List the resources that should have been loaded and were not, newest first',
  description: 'After a fix, `redrive` maps the open ones again.',
  request: {
    params: ConnectionParams,
    query: PageQuery.extend({
      ...TypeQuery,
      ...ReasonQuery,
      state: z
        .enum(['open', 'resolved', 'all'])
        .default('open')
        .openapi({
          param: { name: 'state', in: 'query' },
          description: 'Open failures, resolved ones, or all.',
        }),
    }),
  },
  responses: {
    200: {
      description: 'A page of failures.',
      content: { 'application/json': { schema: pageOf(FailureSchema, 'FailurePage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

type Row = Omit<z.infer<typeof FailureSchema>, 'created_at' | 'resolved_at'> & {
  created_at: Date;
  resolved_at: Date | null;
};

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor, resource_type = null, reason = null, state } = c.req.valid('query');
  await connectionResource(sql, id);
  const rows = await sql<Row[]>`
    select failure_id, run_id, resource_type, fhir_id, reason, field, file_no, line, created_at, resolved_at
    from failures
    where connection_id = ${id} and (${cursor ?? null}::bigint is null or failure_id < ${cursor ?? null})
      and (${resource_type}::text is null or resource_type = ${resource_type})
      and (${reason}::text is null or reason = ${reason})
      and (${state} = 'all' or (resolved_at is null) = (${state} = 'open'))
    order by failure_id desc
    limit ${limit + 1}`;
  const items = rows.map((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    resolved_at: row.resolved_at?.toISOString() ?? null,
  }));
  const details = { rows: Math.min(items.length, limit) };
  await auditRead(c, { action: 'failures.read', target: `connection/${id}`, details });
  return c.json(
    page(c, items, limit, (row) => row.failure_id),
    200,
  );
};
