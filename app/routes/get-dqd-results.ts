import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { readResultsFile } from '../../jobs/quality/dashboard/results-file.ts';
import type { AppEnv } from '../app-env.ts';
import { errors, problem } from '../problems.ts';
import { DqdResultsSchema } from '../schemas/dqd.ts';
import { MOST_INTEGER, wholeFilter } from '../schemas/whole.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/quality/dqd',
  operationId: 'get-dqd-results',
  tags: ['Quality'],
  summary: "Results of a pass of the Data Quality Dashboard's checks",
  description:
    "A file of results as OHDSI's Data Quality Dashboard writes it, for its viewer and Ares. A pass is made by " +
    '`POST /api/v1/admin/quality/dqd/passes` or `cli quality --dqd`; whether a check fails follows from the thresholds ' +
    'of today.',
  request: {
    query: z.object({
      pass: wholeFilter('pass', 'Left out: the one that ended last.', { most: MOST_INTEGER }),
    }),
  },
  responses: {
    200: {
      description: 'All results of the pass.',
      content: { 'application/json': { schema: DqdResultsSchema } },
    },
    ...errors('invalid-request', 'dqd-pass-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { pass } = c.req.valid('query');
  const file = await readResultsFile(c.var.services.sql, pass);
  if (!file) {
    throw problem(
      'dqd-pass-not-found',
      pass === undefined
        ? 'No pass has ended yet: ask for one (POST /api/v1/admin/quality/dqd/passes), or run `cli quality --dqd FILE`.'
        : `There is no pass ${pass} that has ended.`,
    );
  }
  return c.json(DqdResultsSchema.parse(file), 200);
};
