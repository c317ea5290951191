import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { demandSecret } from '../auth/demand-secret.ts';
import { NOBODY } from '../caller.ts';
import { openErrors, problem } from '../problems.ts';

const TickedSchema = z
  .object({
    jobs: z.number().int().describe('Jobs that were run.'),
    idle: z.boolean().describe('Nothing more is ready; false when the budget was used up: tick again.'),
    next_at: z.iso
      .datetime()
      .nullable()
      .describe('When the next tick has something to do; null when nothing is waiting.'),
  })
  .openapi('Ticked');

export const route = createRoute({
  method: 'post',
  path: '/internal/tick',
  operationId: 'internal-tick',
  tags: ['Operation'],
  summary: 'Run the jobs that are ready, then return',
  description:
    'For places where no process may stay: call it every minute or so from a timer. It hands jobs of dead workers to ' +
    'others, sends the scheduled syncs that came due, and runs jobs until the budget is used; a step under way is ' +
    'finished or hands itself on. Calls may overlap. Not audited: the log has each, and each run its own record.',
  security: [{ tick: [] }],
  request: {
    query: z.object({
      budget_seconds: z.coerce
        .number()
        .min(0)
        .max(300)
        .default(20)
        .openapi({
          param: { name: 'budget_seconds', in: 'query' },
          ...{ type: 'number', minimum: 0, maximum: 300, default: 20 },
          description: 'No job is begun after so many seconds.',
        }),
    }),
  },
  responses: {
    200: { description: 'What was done.', content: { 'application/json': { schema: TickedSchema } } },
    ...openErrors('invalid-request', 'unauthorized', 'not-found', 'internal-error'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { config, tick, log } = c.var.services;
  if (!config.tickSecret || !tick) {
    throw problem('not-found', 'There is no tick here. Set TICK_SECRET to open it.');
  }
  const { tickSecret } = config;
  await demandSecret(c, tickSecret);
  c.set('caller', { ...NOBODY, name: 'tick', role: 'operator', via: 'tick', address: c.var.address });
  const { next_at, ...ticked } = await tick(c.req.valid('query').budget_seconds);
  log.info({ ...ticked, request_id: c.var.requestId }, 'tick');
  return c.json({ ...ticked, next_at: next_at?.toISOString() ?? null }, 200);
};
