import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { openErrors } from '../problems.ts';

export const route = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'healthz',
  tags: ['Health'],
  summary: 'Whether the process is alive',
  description:
    'Asks nothing of the database, so that a supervisor restarts no process for the fault of another.',
  security: [],
  responses: {
    200: {
      description: 'It is.',
      content: {
        'application/json': { schema: z.object({ status: z.literal('ok').describe('Always "ok".') }) },
      },
    },
    ...openErrors('host-refused'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = (c) => c.json({ status: 'ok' as const }, 200);
