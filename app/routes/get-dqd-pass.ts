import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors, problem } from '../problems.ts';
import { selectPasses } from '../reads/dqd-passes.ts';
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
  const [found] = await selectPasses(c.var.services.sql, { pass, limit: 1 });
  if (!found) throw problem('dqd-pass-not-found', `There is no pass ${pass}.`);
  return c.json(found, 200);
};
