import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors, problem } from '../problems.ts';
import { selectThresholdInTx } from '../reads/dqd-thresholds.ts';
import { SetThresholdSchema, ThresholdParams, ThresholdSchema } from '../schemas/dqd.ts';

export const route = createRoute({
  method: 'put',
  path: '/api/v1/admin/quality/dqd/thresholds/{check_id}',
  operationId: 'set-dqd-threshold',
  tags: ['Quality'],
  summary: 'Set from how many percent on a check fails',
  description: 'Counts at once, also for passes made before. The note is shown with the result.',
  request: {
    params: ThresholdParams,
    body: { required: true, content: { 'application/json': { schema: SetThresholdSchema } } },
  },
  responses: {
    200: {
      description: 'The threshold.',
      content: { 'application/json': { schema: ThresholdSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'dqd-check-not-found',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { check_id } = c.req.valid('param');
  const { threshold, note } = c.req.valid('json');
  const set = await sql.begin(async (tx) => {
    const [known] = await tx`select from dqd_result where check_id = ${check_id} limit 1`;
    if (!known)
      throw problem(
        'dqd-check-not-found',
        `No pass has made a check "${check_id}". List the results of a pass.`,
      );
    const before = await selectThresholdInTx(tx, check_id);
    const row = { check_id, threshold, note, changed_by: c.var.caller.name, changed_at: clock() };
    await tx`
      insert into dqd_threshold ${tx(row)}
      on conflict (check_id) do update set threshold = excluded.threshold, note = excluded.note,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at`;
    const change = { ...(before ? { before } : {}), after: { threshold, note } };
    await audit(tx, c, {
      action: 'dqd-threshold.set',
      target: `dqd-check/${check_id}`,
      status: 200,
      ...change,
    });
    return { ...row, changed_at: row.changed_at.toISOString() };
  });
  return c.json(set, 200);
};
