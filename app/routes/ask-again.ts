import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { askAgainInTx } from '../../jobs/operator/ask-again.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { ConnectionParams } from '../schemas/page.ts';

const AskAgainSchema = z
  .strictObject({
    resource_type: z.string().min(1).max(64).optional().describe('Only resources of this FHIR type.'),
  })
  .openapi('AskAgain');

const AskedAgainSchema = z
  .object({ resources: z.number().int().min(0).describe('Resources that the next sync asks for again.') })
  .openapi('AskedAgain');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/ask-again',
  operationId: 'ask-again',
  tags: ['Syncs'],
  summary: 'Ask again for what the EHR refused',
  description:
    'What exports left out and the server did not give when it was asked for it (404, 403 …) is asked for again by the ' +
    'next sync, and not only after hydrate.retry_after_days. For when the EHR has granted an API or mended its data.',
  request: {
    params: ConnectionParams,
    body: { required: false, content: { 'application/json': { schema: AskAgainSchema } } },
  },
  responses: {
    200: {
      description: 'How many resources that is.',
      content: { 'application/json': { schema: AskedAgainSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'connection-not-found',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { resource_type } = c.req.valid('json');
  const resources = await sql.begin(async (tx) => {
    const forgotten = await askAgainInTx(tx, { connection_id: id, resource_type });
    const details = { resources: forgotten, ...(resource_type ? { resource_type } : {}) };
    await audit(tx, c, { action: 'hydration.ask-again', target: `connection/${id}`, status: 200, details });
    return forgotten;
  });
  return c.json({ resources }, 200);
};
