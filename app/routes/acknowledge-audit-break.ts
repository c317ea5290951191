import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { breaksIn, readRange } from '../../jobs/record/acknowledge.ts';
import { ACKNOWLEDGE, RECORD } from '../../jobs/record/acknowledgements.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { AcknowledgeBreakSchema, AcknowledgedBreakSchema, told } from '../schemas/audit.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/audit/acknowledgements',
  operationId: 'acknowledge-audit-break',
  tags: ['Record'],
  summary: 'Say of a break of the record that it is known',
  description:
    'The faults of the range as they are now are recorded with the reason, and from then on told apart from others. ' +
    'Nothing is mended: another change of the same is a new fault. What an anchor tells cannot be acknowledged.',
  request: {
    body: { required: true, content: { 'application/json': { schema: AcknowledgeBreakSchema } } },
  },
  responses: {
    201: {
      description: 'What is acknowledged now.',
      content: { 'application/json': { schema: AcknowledgedBreakSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'audit-range-invalid',
      'audit-range-whole',
      'audit-range-too-broken',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { reason, seals, events } = c.req.valid('json');
  const range = seals === undefined ? readRange('events', events ?? '') : readRange('seals', seals);
  const { faults, facts } = await breaksIn({ sql, clock }, range);
  await sql.begin((tx) =>
    audit(tx, c, { action: ACKNOWLEDGE, target: RECORD, status: 201, details: { reason, ...facts } }),
  );
  return c.json({ acknowledged: faults.map(told) }, 201);
};
