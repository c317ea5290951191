import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startPatientSyncInTx } from '../../jobs/operator/start-patient-sync.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { FOLLOWED_AT, runAddress, StartedRunSchema } from '../schemas/started-run.ts';

const PatientId = z
  .string()
  .regex(/^[A-Za-z0-9.-]{1,200}$/, 'Expected the id of a Patient.')
  .describe('FHIR id of the Patient.');
const IdentifierText = z
  .string()
  .max(500)
  .regex(/^[^|\s]{1,250}\|[^|]{1,249}$/, 'Expected system|value.')
  .describe('Business identifier, `system|value`.');

const OnePatient = z.union([
  z.strictObject({ patient_id: PatientId }),
  z.strictObject({ identifier: IdentifierText }),
]);

const SyncPatientsSchema = z
  .union([
    OnePatient,
    z.strictObject({ patients: z.array(OnePatient).min(1).max(100).describe('Up to a hundred.') }),
  ])
  .openapi('SyncPatients');

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/patients/sync',
  operationId: 'sync-patients',
  tags: ['Syncs'],
  summary: 'Sync some patients now',
  description:
    'Everything that the server has of them, by searches, as a run of kind `patient`. It may run beside an export or an ' +
    'import of the connection; of two versions of a resource the newer stays. It moves no watermark. Who is not found, ' +
    'or of whom there are several, is listed in the view crawl_cohort and counted in a notice. Answers at once; the run ' +
    'is followed at the address in Location.',
  request: {
    params: ConnectionParams,
    headers: IdempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: SyncPatientsSchema } } },
  },
  responses: {
    202: {
      description: 'The run is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: StartedRunSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'connection-not-found',
      'sync-already-running',
      'connection-inactive',
      'connection-without-server',
      'credentials-cleared',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const asked = c.req.valid('json');
  const patients = 'patients' in asked ? asked.patients : [asked];
  const triggered_by = asTrigger(c.var.caller);
  const run_id = await sql.begin(async (tx) => {
    const request = { connection_id: id, patients, triggered_by };
    const started = await startPatientSyncInTx(tx, { queue, clock }, request);
    // How many, and never who.
    const details = { connection_id: id, patients: patients.length };
    await audit(tx, c, { action: 'patients.sync', target: `run/${started}`, status: 202, details });
    return started;
  });
  return c.json({ run_id, connection_id: id }, 202, { location: runAddress(id, run_id) });
};
