import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { acceptInTx } from '../../jobs/operator/map-unmapped-code.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { mapChange } from '../map-facts.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { CodeParams, MappedCodeSchema, MapUnmappedSchema } from '../schemas/unmapped.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/vocabulary/unmapped/{code_id}/map',
  operationId: 'map-unmapped-code',
  tags: ['Local codes'],
  summary: 'Map an unmapped code, and map again what uses it',
  description:
    'The map is a local one, as `create-local-map` makes it; a remap of each connection that uses the code starts with it.',
  request: {
    params: CodeParams,
    headers: IdempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: MapUnmappedSchema } } },
  },
  responses: {
    201: {
      description: 'The map and the remaps.',
      content: { 'application/json': { schema: MappedCodeSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'unmapped-code-not-found',
      'local-map-conflict',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { code_id } = c.req.valid('param');
  const { source_vocabulary_id, valid_start_date, ...body } = c.req.valid('json');
  const accepted = await sql.begin(async (tx) => {
    const wanted = {
      ...body,
      code_id,
      source_vocabulary_id,
      valid_start_date,
      triggered_by: asTrigger(c.var.caller),
    };
    const done = await acceptInTx(tx, { queue, clock }, wanted);
    const target = `unmapped/${code_id}/${body.target_concept_id}`;
    const runs = done.remaps.map(({ run_id }) => run_id).filter((run) => run !== null);
    const change = mapChange(undefined, done.map);
    await audit(tx, c, { action: 'unmapped.map', target, status: 201, ...change, details: { runs } });
    return done;
  });
  return c.json(accepted, 201);
};
