import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { describeError } from '../../jobs/step/describe-error.ts';
import type { AppEnv } from '../app-env.ts';
import { openErrors, problem } from '../problems.ts';

export const route = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'readyz',
  tags: ['Health'],
  summary: 'Whether the database and the queue can be reached',
  security: [],
  responses: {
    200: {
      description: 'Both can.',
      content: {
        'application/json': { schema: z.object({ status: z.literal('ready').describe('Always "ready".') }) },
      },
    },
    ...openErrors('not-ready'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, log } = c.var.services;
  try {
    // This asks a table, not only the server, because nothing works before the migrations.
    await sql`select 1 from run limit 1`;
    await queue.boss.getQueues();
  } catch (error) {
    log.warn({ error: describeError(error), request_id: c.var.requestId }, 'not ready');
    throw problem('not-ready', 'The database or the queue cannot be reached. The log has the reason.');
  }
  return c.json({ status: 'ready' as const }, 200);
};
