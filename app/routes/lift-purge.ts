import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { liftPurge } from '../../jobs/operator/start-purge.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { purgeOf } from '../reads/purges.ts';
import { PurgeParams } from '../schemas/page.ts';
import { PurgeSchema } from '../schemas/purge.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/fhir-connections/{id}/purges/{pid}',
  operationId: 'lift-purge',
  tags: ['Purges'],
  summary: 'Lift a purge: the patient may be loaded again',
  description:
    'Brings nothing back by itself: the patient is loaded with the next export that holds them; start a full sync for ' +
    'their whole history.',
  request: { params: PurgeParams },
  responses: {
    200: { description: 'The purge.', content: { 'application/json': { schema: PurgeSchema } } },
    ...errors('invalid-request', 'purge-not-found', 'purge-under-way'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { id, pid } = c.req.valid('param');
  await sql.begin(async (tx) => {
    const lifted_by = asTrigger(c.var.caller);
    await liftPurge(tx, { connection_id: id, purge_id: pid, lifted_by, at: clock() });
    const details = { connection_id: id };
    await audit(tx, c, { action: 'purge.lift', target: `purge/${pid}`, status: 200, details });
  });
  return c.json(await purgeOf(sql, id, pid), 200);
};
