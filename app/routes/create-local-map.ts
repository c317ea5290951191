import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { addMapInTx } from '../../jobs/vocabulary/local-maps/stored.ts';
import { dayOf } from '../../jobs/vocabulary/resolve/state.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { mapChange } from '../map-facts.ts';
import { errors } from '../problems.ts';
import { ChangedMapSchema, CreateLocalMapSchema } from '../schemas/local-map.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/vocabulary/local-maps',
  operationId: 'create-local-map',
  tags: ['Local codes'],
  summary: 'Map a local code',
  description:
    'Syncs use it from their next chunk on. What is loaded already follows with a re-map, or with the next full sync.',
  request: { body: { required: true, content: { 'application/json': { schema: CreateLocalMapSchema } } } },
  responses: {
    201: { description: 'The map.', content: { 'application/json': { schema: ChangedMapSchema } } },
    ...errors(
      'invalid-request',
      'malformed-json',
      'local-map-conflict',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { replace, ...wanted } = c.req.valid('json');
  const created = await sql.begin(async (tx) => {
    const proposed = {
      ...wanted,
      line: 1,
      system: wanted.system,
      source_vocabulary_id: wanted.source_vocabulary_id,
      source_code_description: wanted.source_code_description,
      target_vocabulary_id: undefined,
    };
    const added = await addMapInTx(tx, proposed, { day: dayOf(clock()), replace });
    const target = `local-map/${added.map.source_vocabulary_id}/${added.map.target_concept_id}`;
    const change = mapChange(undefined, added.map);
    await audit(tx, c, { action: 'local-map.create', target, status: 201, ...change });
    return added;
  });
  return c.json(created, 201);
};
