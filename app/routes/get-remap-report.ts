import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { reportRemap } from '../../jobs/remap/report.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionNotFound } from '../reads/connections.ts';
import { RemapReportSchema, shownReport } from '../schemas/remap.ts';
import { MOST_INTEGER, wholeFilter, wholeOr } from '../schemas/whole.ts';

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
      connection_id: wholeFilter('connection_id', 'Only this connection.', { most: MOST_INTEGER }),
      limit: wholeOr('limit', 1000, 'Codes to list.', { most: 10_000 }),
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
