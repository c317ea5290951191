import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { placeOf, selectUnmapped } from '../../jobs/vocabulary/unmapped/worklist.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { cursorOf, PlaceQuery, page, pageOf, placeIn } from '../schemas/page.ts';
import { UnmappedCodeSchema, WorklistPlaceSchema, WorklistQuery } from '../schemas/unmapped.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/unmapped',
  operationId: 'list-unmapped-codes',
  tags: ['Local codes'],
  summary: 'List the codes in use that have no Standard concept, the most frequent first',
  description: 'Counted when a run closes. cumulative_share shows the few codes that make most of the gap.',
  request: { query: z.object({ ...WorklistQuery, ...PlaceQuery }) },
  responses: {
    200: {
      description: 'The worklist.',
      content: {
        'application/json': {
          schema: pageOf(UnmappedCodeSchema, 'UnmappedCodePage'),
        },
      },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { q, limit, cursor, ...filter } = c.req.valid('query');
  const rows = await selectUnmapped(c.var.services.sql, {
    ...filter,
    connections: c.var.caller.connections,
    search: q,
    after: placeIn(cursor, WorklistPlaceSchema),
    limit: limit + 1,
  });
  const items = rows.map((row) => ({
    ...row,
    first_seen: row.first_seen?.toISOString() ?? null,
    last_seen: row.last_seen?.toISOString() ?? null,
  }));
  return c.json(
    page(c, items, limit, (row) => cursorOf(placeOf(row))),
    200,
  );
};
