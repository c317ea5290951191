import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startPurgeInTx } from '../../jobs/operator/start-purge.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { purgeOf } from '../reads/purges.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { PurgeSchema } from '../schemas/purge.ts';

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
    body: { required: true, content: { 'application/json': { schema: StartPurgeSchema } } },
  },
  responses: {
    202: { description: 'The purge.', content: { 'application/json': { schema: PurgeSchema } } },
    ...errors(
      'invalid-request',
      'malformed-json',
      'connection-not-found',
      'patient-unknown',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock, keyring } = c.var.services;
  const { id } = c.req.valid('param');
  const request = { connection_id: id, requested_by: asTrigger(c.var.caller), ...c.req.valid('json') };
  const purge_id = await sql.begin(async (tx) => {
    const started = await startPurgeInTx(tx, { queue, clock, keyring }, request);
    const details = { connection_id: id };
    await audit(tx, c, { action: 'purge.start', target: `purge/${started}`, status: 202, details });
    return started;
  });
  return c.json(await purgeOf(sql, id, purge_id), 202);
};
