import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startRemapsInTx } from '../../jobs/operator/start-remaps.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { checkReach } from '../auth/authorize.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { FOLLOWED_AT, runAddress } from '../schemas/started-run.ts';
import { MOST_INTEGER } from '../schemas/whole.ts';

const StartRemapSchema = z
  .strictObject({
    connection_id: z
      .number()
      .int()
      .min(1)
      .max(MOST_INTEGER)
      .optional()
      .describe('Left out: every connection.'),
    all: z
      .boolean()
      .default(false)
      .describe(
        'Map again whatever was not mapped with the mapping code, settings and vocabulary of now, not only what the ' +
          'vocabulary answers otherwise.',
      ),
  })
  .openapi('StartRemap');

const ConnectionSchema = {
  connection_id: z.number().int().describe('Connection.'),
  site_key: z.string().describe('Its site key.'),
};

const StartedRemapsSchema = z
  .object({
    started: z
      .array(z.object({ ...ConnectionSchema, run_id: z.number().int().describe('Its new run.') }))
      .describe('Followed like any other run of the connection.'),
    skipped: z
      .array(
        z.object({
          ...ConnectionSchema,
          code: z.string().describe('Stable code.'),
          detail: z.string().describe('Why not, and what to do.'),
        }),
      )
      .describe('Connections with a live run: ask again when it has ended.'),
  })
  .openapi('StartedRemaps');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/vocabulary/remap',
  operationId: 'start-remap',
  tags: ['Vocabulary'],
  summary: 'Map again what the vocabulary answers otherwise now',
  description:
    'From the lines that are kept, without asking the EHR. Resources that are not concerned are not touched, and the ' +
    'next full sync finds them unchanged. One run per connection; cancelled and retried like a sync.',
  request: {
    headers: IdempotencyHeader,
    body: { required: false, content: { 'application/json': { schema: StartRemapSchema } } },
  },
  responses: {
    202: {
      description: 'The runs are queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedRemapsSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'connection-not-found',
      'sync-already-running',
      'vocabulary-not-loaded',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { connection_id, all = false } = c.req.valid('json');
  const { caller } = c.var;
  if (connection_id !== undefined) checkReach(caller, connection_id);
  const asked = { connection_id, among: caller.connections, triggered_by: asTrigger(caller), all };
  const { started, skipped } = await sql.begin(async (tx) => {
    const found = await startRemapsInTx(tx, { queue, clock }, asked);
    const runs = found.started.map(({ run_id }) => run_id);
    const target = connection_id === undefined ? 'vocabulary' : `connection/${connection_id}`;
    await audit(tx, c, { action: 'remap.start', target, status: 202, details: { runs, all } });
    return found;
  });
  const [only, ...others] = started;
  const location =
    only && others.length === 0
      ? runAddress(only.connection_id, only.run_id)
      : '/api/v1/admin/sync-runs?status=active';
  return c.json({ started, skipped }, 202, { location });
};
