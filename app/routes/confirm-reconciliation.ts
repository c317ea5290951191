import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { confirmReconciliationInTx } from '../../jobs/operator/confirm-reconciliation.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { reconciliationOf } from '../reads/reconciliations.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { RunParams } from '../schemas/page.ts';
import { FOLLOWED_AT, runAddress, StartedRunSchema } from '../schemas/started-run.ts';
import { doOrAsk, type GuardedAction, grantFacts } from '../second-person/guarded.ts';

const ConfirmSchema = z
  .strictObject({
    vanished: z.number().int().min(0).describe('The number that was reported: nobody confirms unseen.'),
    override: z.boolean().default(false).describe('Remove them although there are doubts.'),
  })
  .openapi('ConfirmReconciliation');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/reconciliations/{rid}/confirm',
  operationId: 'confirm-reconciliation',
  tags: ['Reconciliation'],
  summary: 'Remove what vanished',
  description:
    'Takes the rows of the vanished resources out of the CDM, as if the server had sent deletions; what has come ' +
    'again since stays. A run of its own. Resources that come back later are loaded again, with the ids they had.',
  request: {
    params: RunParams,
    headers: IdempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: ConfirmSchema } } },
  },
  responses: {
    202: {
      description: 'The removal is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedRunSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'reconciliation-not-found',
      'reconciliation-confirmed',
      'reconciliation-outdated',
      'reconciliation-obstructed',
      'reconciliation-count-differs',
      'reconciliation-doubtful',
      'sync-already-running',
      'second-person-needed',
      'second-person-unknown',
      'too-many-approvals',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

const Request = ConfirmSchema.extend({ id: z.number(), rid: z.number() });

export const action: GuardedAction<z.infer<typeof Request>, number> = {
  operation: 'confirm-reconciliation',
  need: 'confirm',
  request: Request,
  async run(tx, c, { id, rid, ...given }, grant) {
    const { queue, clock } = c.var.services;
    const confirmed_by = grant?.requested_by ?? asTrigger(c.var.caller);
    const confirmation = { connection_id: id, run_id: rid, confirmed_by, ...given };
    const removal = await confirmReconciliationInTx(tx, { queue, clock }, confirmation);
    const details = { connection_id: id, removal, ...given, ...grantFacts(c, grant) };
    await audit(tx, c, { action: 'reconciliation.confirm', target: `run/${rid}`, status: 202, details });
    return removal;
  },
  asks: ({ id, rid, vanished, override }) => ({
    ...{ connection_id: id, object: `run/${rid}`, shown: { vanished, override } },
  }),
  // That nothing came in between, and how many there are, is checked by the confirmation itself.
  async concerns(tx, { rid }) {
    return await tx`select vanished, obstacles, doubts from reconciliation where run_id = ${rid}`;
  },
  resultOf: (run) => `run/${run}`,
};

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id, rid } = c.req.valid('param');
  await reconciliationOf(c.var.services.sql, { connection_id: id, run_id: rid });
  const run_id = await doOrAsk(c, action, { id, rid, ...c.req.valid('json') });
  return c.json({ run_id, connection_id: id }, 202, { location: runAddress(id, run_id) });
};
