import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startDeletionInTx } from '../../jobs/operator/delete-connection.ts';
import { noun } from '../../sql/noun.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { connectionChange, settingsOf } from '../connection-facts.ts';
import { errors, problem } from '../problems.ts';
import { connectionNotFound, connectionResource, refuseManaged } from '../reads/connections.ts';
import { reschedule } from '../reschedule.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { FOLLOWED_AT, runAddress, StartedRunSchema } from '../schemas/started-run.ts';
import { doOrAsk, type GuardedAction, grantFacts } from '../second-person/guarded.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/fhir-connections/{id}',
  operationId: 'delete-fhir-connection',
  tags: ['Connections'],
  summary: 'Delete a connection',
  description:
    'Without runs it is gone at once (204). With runs only `force=true` deletes it: a run of kind `deletion` (202) takes ' +
    'out everything that the connection loaded, rows of the CDM included, and in the end the connection with its runs, ' +
    'itself too; then its address answers `connection-not-found`. Meanwhile the connection is inactive. With a run ' +
    'under way it is never deleted.',
  request: {
    params: ConnectionParams,
    headers: IdempotencyHeader,
    query: z.object({
      force: z
        .enum(['true', 'false'])
        .default('false')
        .openapi({
          param: { name: 'force', in: 'query' },
          description: 'Delete the runs too, and all rows that they loaded.',
        }),
    }),
  },
  responses: {
    202: {
      description: 'The run that deletes it is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedRunSchema } },
    },
    204: { description: 'Deleted.' },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'connection-not-found',
      'connection-has-runs',
      'connection-managed',
      'sync-already-running',
      'second-person-needed',
      'second-person-unknown',
      'too-many-approvals',
    ),
  },
});

const Request = z.object({ id: z.number(), force: z.boolean() });

interface Deleted {
  readonly id: number;
  /** The run that deletes it; undefined where it is gone already. */
  readonly run_id: number | undefined;
  readonly site_key: string;
}

export const action: GuardedAction<z.infer<typeof Request>, Deleted> = {
  operation: 'delete-fhir-connection',
  need: 'purge',
  request: Request,
  async run(tx, c, { id, force }, grant) {
    const { queue, clock } = c.var.services;
    const [locked] = await tx`select 1 from connection where connection_id = ${id} for update`;
    if (!locked) throw connectionNotFound(id);
    const [runs] = await tx<[{ all: number; live: number | null }]>`
      select count(*) as all,
        max(run_id) filter (where status not in ('completed', 'failed', 'cancelled')) as live
      from run
      where connection_id = ${id}`;
    if (runs.live !== null) {
      throw problem(
        'sync-already-running',
        `Run ${runs.live} is under way. Wait for it to end or cancel it first.`,
      );
    }
    if (runs.all > 0 && !force) {
      throw problem(
        'connection-has-runs',
        `The connection has ${runs.all} ${noun(runs.all, 'run')}. force=true deletes ` +
          `${noun(runs.all, 'it and all rows that it', 'them and all rows that they')} loaded; ` +
          'is_active=false only stops the syncs.',
      );
    }
    const before = await connectionResource(tx, id);
    refuseManaged(before);
    const triggered_by = grant?.requested_by ?? asTrigger(c.var.caller);
    const started =
      runs.all > 0
        ? await startDeletionInTx(tx, { queue, clock }, { connection_id: id, triggered_by })
        : undefined;
    if (started === undefined) await tx`delete from connection where connection_id = ${id}`;
    const status = started === undefined ? 204 : 202;
    await audit(tx, c, {
      ...{ action: 'connection.delete', target: `connection/${id}`, status },
      ...{
        ...connectionChange(before, undefined),
        details: { run_id: started ?? null, ...grantFacts(c, grant) },
      },
    });
    return { id, run_id: started, site_key: before.site_key };
  },
  async afterwards(c, { id }) {
    await reschedule(c.var.services, { connection_id: id, is_active: false, sync_config: {} });
  },
  // Without runs it has loaded nothing: it can be entered again.
  asks: ({ id }, { run_id, site_key }) =>
    run_id === undefined
      ? undefined
      : { connection_id: id, object: `connection/${id}`, shown: { delete: site_key } },
  concerns: (tx, { id }) => settingsOf(tx, id),
  resultOf: ({ id, run_id }) => (run_id === undefined ? `connection/${id}` : `run/${run_id}`),
};

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id } = c.req.valid('param');
  const force = c.req.valid('query').force === 'true';
  const { run_id } = await doOrAsk(c, action, { id, force });
  if (run_id === undefined) return c.body(null, 204);
  return c.json({ run_id, connection_id: id }, 202, { location: runAddress(id, run_id) });
};
