import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startDashboardPassInTx } from '../../jobs/operator/start-dashboard-pass.ts';
import about from '../../package.json' with { type: 'json' };
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { readPass } from '../reads/dqd-passes.ts';
import { PassSchema, passAddress } from '../schemas/dqd.ts';
import { IdempotencyHeader } from '../schemas/idempotency.ts';
import { FOLLOWED_AT } from '../schemas/started-run.ts';

/** It takes no settings as yet; a field that is sent is refused by name. */
const StartPassSchema = z.strictObject({}).openapi('StartDqdPass');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/quality/dqd/passes',
  operationId: 'start-dqd-pass',
  tags: ['Quality'],
  summary: "Make a pass of the Data Quality Dashboard's checks",
  description:
    'Answers at once; a worker checks the whole CDM table by table, each as of the moment at which it is read, beside ' +
    'running syncs. An interrupted pass goes on at its table. Follow it at the address in Location. One pass at a time.',
  request: {
    headers: IdempotencyHeader,
    body: { required: false, content: { 'application/json': { schema: StartPassSchema } } },
  },
  responses: {
    202: {
      description: 'The pass is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: PassSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'body-too-large',
      'unsupported-media-type',
      'idempotency-key-reused',
      'idempotency-key-busy',
      'idempotency-answer-lost',
      'dqd-pass-running',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const asked = { program: `${about.name} ${about.version}`, requested_by: asTrigger(c.var.caller) };
  const pass = await sql.begin(async (tx) => {
    const started = await startDashboardPassInTx(tx, { queue, clock }, asked);
    await audit(tx, c, { action: 'dqd-pass.start', target: `dqd-pass/${started}`, status: 202 });
    return started;
  });
  return c.json(await readPass(sql, pass), 202, { location: passAddress(pass) });
};
