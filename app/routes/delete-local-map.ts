import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { deleteMapInTx } from '../../jobs/vocabulary/local-maps/stored.ts';
import { dayOf } from '../../jobs/vocabulary/resolve/state.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { mapChange } from '../map-facts.ts';
import { errors } from '../problems.ts';
import { MapParams } from '../schemas/local-map.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/vocabulary/local-maps/{map_id}',
  operationId: 'delete-local-map',
  tags: ['Local codes'],
  summary: 'Delete a map',
  description:
    'For one that was never right. One that no longer holds is better ended, so that it is known that it was.',
  request: { params: MapParams },
  responses: {
    204: { description: 'It is gone.' },
    ...errors('invalid-request', 'local-map-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { map_id } = c.req.valid('param');
  await sql.begin(async (tx) => {
    const map = await deleteMapInTx(tx, map_id, dayOf(clock()));
    const target = `local-map/${map.source_vocabulary_id}/${map.target_concept_id}`;
    const change = mapChange(map, undefined);
    await audit(tx, c, { action: 'local-map.delete', target, status: 204, ...change });
  });
  return c.body(null, 204);
};
