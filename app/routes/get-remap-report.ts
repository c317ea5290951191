import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { reportRemap } from '../../jobs/remap/report.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionNotFound } from '../reads/connections.ts';
import { RemapReportSchema, shownReport } from '../schemas/remap.ts';

const number = (name: string, description: string, max: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(max)
    .openapi({ param: { name, in: 'query' }, type: 'integer', description });

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/remap',
  operationId: 'get-remap-report',
  tags: ['Vocabulary'],
  summary: 'What the vocabulary answers otherwise now',
  description:
    'Compares the answers that resources were mapped with to those of the vocabulary as it is now: after a new ' +
    'release or a changed local map, the codes in use that change, and for which connections. Numbers of resources ' +
    'are upper bounds. Reads what is kept with every chunk: on large databases this takes some seconds.',
  request: {
    query: z.object({
      connection_id: number('connection_id', 'Only this connection.', 2_147_483_647).optional(),
      limit: number('limit', 'Codes to list.', 10_000).default(1000),
    }),
  },
  responses: {
    200: { description: 'The report.', content: { 'application/json': { schema: RemapReportSchema } } },
    ...errors('invalid-request', 'connection-not-found', 'vocabulary-not-loaded'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { connection_id, limit } = c.req.valid('query');
  const report = await reportRemap({ sql, clock }, connection_id, c.var.caller.connections);
  if (connection_id !== undefined && report.connections.length === 0) {
    throw connectionNotFound(connection_id);
  }
  return c.json(shownReport(report, limit), 200);
};
