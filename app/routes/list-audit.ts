import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { readAudit } from '../reads/audit.ts';
import { AuditEventSchema, AuditQuery } from '../schemas/audit.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/audit',
  operationId: 'list-audit',
  tags: ['Record'],
  summary: 'List who did what, newest first',
  description:
    'Changes of settings, runs, reads of what tells of persons, uses of keys, sign-ins and refusals, by people, ' +
    'commands, schedules and workers. Reads of the views by SQL are for the database to log.',
  request: { query: PageQuery.extend(AuditQuery) },
  responses: {
    200: {
      description: 'A page of events.',
      content: { 'application/json': { schema: pageOf(AuditEventSchema, 'AuditPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor, ...asked } = c.req.valid('query');
  const rows = await readAudit(c.var.services.sql, asked, {
    before: cursor === undefined ? undefined : Number(cursor),
    limit: limit + 1,
  });
  return c.json(
    page(c, rows, limit, (row) => row.event_id),
    200,
  );
};
