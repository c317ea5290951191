import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { placeOf, selectMaps } from '../../jobs/vocabulary/local-maps/stored.ts';
import { dayOf } from '../../jobs/vocabulary/resolve/state.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { LocalMapSchema, MapFilterQuery, MapPlaceSchema } from '../schemas/local-map.ts';
import { cursorOf, PlaceQuery, page, pageOf, placeIn } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/local-maps',
  operationId: 'list-local-maps',
  tags: ['Local codes'],
  summary: 'List the maps of local codes',
  description: 'Sorted by code system and code.',
  request: { query: z.object({ ...MapFilterQuery, ...PlaceQuery }) },
  responses: {
    200: {
      description: 'Maps, by code system and code.',
      content: {
        'application/json': {
          schema: pageOf(LocalMapSchema, 'LocalMapPage'),
        },
      },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { q, limit, cursor, ...filter } = c.req.valid('query');
  const after = placeIn(cursor, MapPlaceSchema);
  const rows = await selectMaps(sql, { ...filter, search: q, after, limit: limit + 1 }, dayOf(clock()));
  return c.json(
    page(c, rows, limit, (map) => cursorOf(placeOf(map))),
    200,
  );
};
