import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { readPass } from '../reads/dqd-passes.ts';
import { PassParams, PassSchema } from '../schemas/dqd.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/quality/dqd/passes/{pass}',
  operationId: 'get-dqd-pass',
  tags: ['Quality'],
  summary: 'How far a pass of the checks is, and how it ended',
  description: 'Ask again until `state` is final. Its results: `GET /api/v1/admin/quality/dqd?pass=`.',
  request: { params: PassParams },
  responses: {
    200: { description: 'The pass.', content: { 'application/json': { schema: PassSchema } } },
    ...errors('invalid-request', 'dqd-pass-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { pass } = c.req.valid('param');
  return c.json(await readPass(c.var.services.sql, pass), 200);
};
