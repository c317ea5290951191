import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { changeMapInTx } from '../../jobs/vocabulary/local-maps/stored.ts';
import { dayOf } from '../../jobs/vocabulary/resolve/state.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { mapChange } from '../map-facts.ts';
import { errors } from '../problems.ts';
import { ChangedMapSchema, MapParams, UpdateLocalMapSchema } from '../schemas/local-map.ts';

export const route = createRoute({
  method: 'put',
  path: '/api/v1/admin/vocabulary/local-maps/{map_id}',
  operationId: 'update-local-map',
  tags: ['Local codes'],
  summary: 'Change or end a map',
  description:
    'Fields that are given are replaced, others stay. The answer has the map_id that it has afterwards.',
  request: {
    params: MapParams,
    body: { required: true, content: { 'application/json': { schema: UpdateLocalMapSchema } } },
  },
  responses: {
    200: { description: 'The map.', content: { 'application/json': { schema: ChangedMapSchema } } },
    ...errors(
      'invalid-request',
      'malformed-json',
      'local-map-not-found',
      'local-map-conflict',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { map_id } = c.req.valid('param');
  const changed = await sql.begin(async (tx) => {
    const { before, now } = await changeMapInTx(tx, map_id, c.req.valid('json'), dayOf(clock()));
    const target = `local-map/${now.map.source_vocabulary_id}/${now.map.target_concept_id}`;
    const change = mapChange(before, now.map);
    await audit(tx, c, { action: 'local-map.update', target, status: 200, ...change });
    return now;
  });
  return c.json(changed, 200);
};
