import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors, problem } from '../problems.ts';
import { selectThresholdInTx } from '../reads/dqd-thresholds.ts';
import { ThresholdParams } from '../schemas/dqd.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/quality/dqd/thresholds/{check_id}',
  operationId: 'remove-dqd-threshold',
  tags: ['Quality'],
  summary: 'Let a check have its own threshold again',
  description: 'Counts at once, also for passes made before.',
  request: { params: ThresholdParams },
  responses: {
    204: { description: 'It is gone.' },
    ...errors('invalid-request', 'dqd-check-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { check_id } = c.req.valid('param');
  await sql.begin(async (tx) => {
    const before = await selectThresholdInTx(tx, check_id);
    if (!before)
      throw problem(
        'dqd-check-not-found',
        `No threshold has been set for a check "${check_id}". List the results of a pass.`,
      );
    await tx`delete from dqd_threshold where check_id = ${check_id}`;
    const change = { before: { threshold: before.threshold, note: before.note } };
    await audit(tx, c, {
      action: 'dqd-threshold.remove',
      target: `dqd-check/${check_id}`,
      status: 204,
      ...change,
    });
  });
  return c.body(null, 204);
};
