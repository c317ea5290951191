import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectThresholds, ThresholdPlaceSchema } from '../reads/dqd-thresholds.ts';
import { ThresholdSchema } from '../schemas/dqd.ts';
import { cursorOf, PlaceQuery, page, pageOf, placeIn } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/quality/dqd/thresholds',
  operationId: 'list-dqd-thresholds',
  tags: ['Quality'],
  summary: 'List the thresholds that the site has set, by check',
  description: "Who set each, and why. A check that is not listed has the Data Quality Dashboard's own.",
  request: { query: z.object(PlaceQuery) },
  responses: {
    200: {
      description: 'A page of thresholds.',
      content: { 'application/json': { schema: pageOf(ThresholdSchema, 'DqdThresholdPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor } = c.req.valid('query');
  const [after] = placeIn(cursor, ThresholdPlaceSchema) ?? [];
  const rows = await selectThresholds(c.var.services.sql, { after, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, ({ check_id }) => cursorOf([check_id])),
    200,
  );
};
