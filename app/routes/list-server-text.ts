import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { readServerText } from '../../jobs/connection/server-text.ts';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { ConnectionParams, PageQuery, page, pageOf } from '../schemas/page.ts';

const ServerTextSchema = z
  .object({
    server_text_id: z.number().int().describe('Number of the text.'),
    run_id: z
      .number()
      .int()
      .nullable()
      .describe('Run that was told it last; null for a test of the connection.'),
    step: z.string().describe('Step that was told it.'),
    code: z.string().describe('Code of the error that was made of the answer.'),
    status: z.number().int().nullable().describe('HTTP status; null where the words came in a file.'),
    text: z.string().describe('What the server said, on one line, without what steers a terminal.'),
    times: z.number().int().describe('How often the same words came.'),
    said_at: z.iso.datetime().describe('When they came last.'),
    expires_at: z.iso.datetime().describe('When they are let go.'),
  })
  .openapi('ServerText');

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/server-text',
  operationId: 'list-server-text',
  tags: ['Syncs'],
  summary: 'List what the EHR said in words, newest first',
  description:
    'Errors repeat codes only, since words may name patients. They are kept where `sync_config.retention.server_text_hours` ' +
    'says for how long, and shown to administrators.',
  request: { params: ConnectionParams, query: PageQuery },
  responses: {
    200: {
      description: 'A page of texts.',
      content: { 'application/json': { schema: pageOf(ServerTextSchema, 'ServerTextPage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor } = c.req.valid('query');
  await connectionResource(sql, id);
  await auditRead(c, { action: 'server-text.read', target: `connection/${id}` });
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await readServerText(sql, { connection_id: id, before, limit: limit + 1 }, clock());
  const items = rows.map((row) => ({
    ...row,
    said_at: row.said_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  }));
  return c.json(
    page(c, items, limit, (row) => row.server_text_id),
    200,
  );
};
