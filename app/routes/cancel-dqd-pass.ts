import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { cancelDashboardPassInTx } from '../../jobs/operator/start-dashboard-pass.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { readPass } from '../reads/dqd-passes.ts';
import { PassParams, PassSchema } from '../schemas/dqd.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/quality/dqd/passes/{pass}/cancel',
  operationId: 'cancel-dqd-pass',
  tags: ['Quality'],
  summary: 'Call a pass of the checks off',
  description: 'It has no results then. A table that is being read is read to its end.',
  request: { params: PassParams },
  responses: {
    200: {
      description: 'The pass as it is now.',
      content: { 'application/json': { schema: PassSchema } },
    },
    ...errors('invalid-request', 'dqd-pass-not-found', 'dqd-pass-ended'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { pass } = c.req.valid('param');
  await sql.begin(async (tx) => {
    await cancelDashboardPassInTx(tx, { clock }, pass);
    await audit(tx, c, { action: 'dqd-pass.cancel', target: `dqd-pass/${pass}`, status: 200 });
  });
  return c.json(await readPass(sql, pass), 200);
};
