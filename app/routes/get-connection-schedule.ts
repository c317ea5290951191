import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { dueSyncs, timesOf } from '../../jobs/connection/due-sync.ts';
import { ScheduleSchema } from '../../jobs/connection/settings/schedule.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { ConnectionParams } from '../schemas/page.ts';

const TIMES = 5;

const ConnectionScheduleSchema = z
  .object({
    connection_id: z.number().int().describe('Connection.'),
    schedule: ScheduleSchema.nullable().describe('sync_config.schedule. Null: syncs are started by hand.'),
    next: z
      .array(z.iso.datetime())
      .describe(
        'The next five times at which a sync starts: the first with its jitter, those after it without. Empty without a schedule, and while the connection is switched off.',
      ),
  })
  .openapi('ConnectionSchedule');

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/schedule',
  operationId: 'get-connection-schedule',
  tags: ['Connections'],
  summary: 'When a connection is synced next',
  description:
    'The first time is in the past while nothing runs that could start it: it is made up for once.',
  request: { params: ConnectionParams },
  responses: {
    200: {
      description: 'Its schedule.',
      content: { 'application/json': { schema: ConnectionScheduleSchema } },
    },
    ...errors('connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { sync_config } = await connectionResource(sql, id);
  const [due] = await dueSyncs(sql, id);
  const next = due ? timesOf(due, TIMES).map((time) => time.toISOString()) : [];
  return c.json({ connection_id: id, schedule: sync_config.schedule ?? null, next }, 200);
};
