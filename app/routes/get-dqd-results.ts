import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { readResultsFile } from '../../jobs/quality/dashboard/results-file.ts';
import type { AppEnv } from '../app-env.ts';
import { errors, problem } from '../problems.ts';
import { DqdResultsSchema } from '../schemas/dqd.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/quality/dqd',
  operationId: 'get-dqd-results',
  tags: ['Quality'],
  summary: "The newest pass of the Data Quality Dashboard's checks",
  description:
    "A file of results as OHDSI's Data Quality Dashboard writes it, for its viewer and Ares. The pass itself is made by " +
    '`cli quality --dqd`; whether a check fails follows from the thresholds of today.',
  responses: {
    200: {
      description: 'All results of the pass.',
      content: { 'application/json': { schema: DqdResultsSchema } },
    },
    ...errors('dqd-pass-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const file = await readResultsFile(c.var.services.sql);
  if (!file) throw problem('dqd-pass-not-found', 'No pass has been made yet: run `cli quality --dqd FILE`.');
  return c.json(DqdResultsSchema.parse(file), 200);
};
