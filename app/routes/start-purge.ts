import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { samePersonInTx, startPurgeInTx } from '../../jobs/operator/start-purge.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { purgeOf } from '../reads/purges.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { PurgeSchema } from '../schemas/purge.ts';
import { FOLLOWED_AT } from '../schemas/started-run.ts';
import { doOrAsk, type GuardedAction, grantFacts } from '../second-person/guarded.ts';

const StartPurgeSchema = z
  .strictObject({
    patient_id: z.string().min(1).max(500).describe('FHIR id of the Patient.'),
    unknown: z
      .boolean()
      .default(false)
      .describe('Also when nothing of the patient is here: they are kept out from the start.'),
    reason: z.string().min(1).max(500).describe('Why, e.g. "opt-out". Kept: must not name the patient.'),
  })
  .openapi('StartPurge');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/purges',
  operationId: 'start-purge',
  tags: ['Purges'],
  summary: 'Purge a patient, and never load them again',
  description:
    'From the answer on nothing of the patient (and of Patients merged with them) is loaded. A run takes out all there ' +
    'is: rows of all CDM tables, identities, hashes, history, what waits, failures, and their lines in retained chunks. ' +
    'It begins when no other run of the connection is live, and cannot be cancelled or undone; lifting the purge lets ' +
    'later exports load the patient anew. The id is kept as a keyed hash only.',
  request: {
    params: ConnectionParams,
    headers: IdempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: StartPurgeSchema } } },
  },
  responses: {
    202: {
      description: 'The purge.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: PurgeSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'connection-not-found',
      'patient-unknown',
      'second-person-needed',
      'second-person-unknown',
      'too-many-approvals',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

const Request = StartPurgeSchema.extend({ id: z.number() });

export const action: GuardedAction<z.infer<typeof Request>, number> = {
  operation: 'start-purge',
  need: 'purge',
  request: Request,
  async run(tx, c, { id, ...asked }, grant) {
    const { queue, clock, keyring } = c.var.services;
    const requested_by = grant?.requested_by ?? asTrigger(c.var.caller);
    const request = { connection_id: id, requested_by, ...asked };
    const started = await startPurgeInTx(tx, { queue, clock, keyring }, request);
    const details = { connection_id: id, ...grantFacts(c, grant) };
    await audit(tx, c, { action: 'purge.start', target: `purge/${started}`, status: 202, details });
    return started;
  },
  asks: ({ id, reason, unknown }) => ({
    ...{ connection_id: id, object: `connection/${id}`, shown: { reason, unknown } },
  }),
  // With whom the patient is merged says whose data are taken out; the server, who the patient is.
  async concerns(tx, { id, patient_id }) {
    const [connection] = await tx`
      select site_key, fhir_base_url from connection where connection_id = ${id} for no key update`;
    return { connection, patients: await samePersonInTx(tx, id, [patient_id]) };
  },
  resultOf: (purge) => `purge/${purge}`,
};

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id } = c.req.valid('param');
  const purge_id = await doOrAsk(c, action, { id, ...c.req.valid('json') });
  return c.json(await purgeOf(c.var.services.sql, id, purge_id), 202, {
    location: `/api/v1/admin/fhir-connections/${id}/purges`,
  });
};
