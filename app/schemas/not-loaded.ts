/**
 * Resources that are missing from the CDM or incomplete there, one schema for each reason. They hold ids and
 * reasons, never content.
 */
import { z } from '@hono/zod-openapi';

const when = (description: string) => z.iso.datetime().describe(description);
const type = z.string().describe('FHIR resource type.');
const fhirId = z.string().describe('FHIR id.');

export const ParkedSchema = z
  .object({
    resource_key: z.number().int().describe('Key of the resource here.'),
    resource_type: type,
    fhir_id: fhirId,
    waits_for_type: z.string().describe('FHIR type of what it waits for.'),
    waits_for_id: z.string().describe('Its FHIR id; `?` and a hash for a reference by business identifier.'),
    is_parked: z
      .boolean()
      .describe('true: nothing of it is in the CDM. false: it is loaded without what it waits for.'),
    reason: z.string().nullable().describe('Why it is parked.'),
    since: when('When it began to wait.'),
    age_hours: z.number().describe('How long that is.'),
    since_run: z
      .number()
      .int()
      .nullable()
      .describe('Run in which it began to wait; null for one loaded before.'),
  })
  .openapi('Parked');

export const FailureSchema = z
  .object({
    failure_id: z.number().int().describe('Number of the failure.'),
    run_id: z.number().int().describe('Run in which it failed.'),
    resource_type: z.string().nullable().describe('FHIR resource type, where the line tells one.'),
    fhir_id: z.string().nullable().describe('FHIR id, where the line tells one.'),
    reason: z.string().describe('Stable reason.'),
    field: z.string().nullable().describe('FHIR path of the element at fault, without its value.'),
    file_no: z.number().int().nullable().describe('File of the manifest.'),
    line: z.number().int().nullable().describe('Line of the file, from 1.'),
    created_at: when('When it failed.'),
    resolved_at: when('When a later version was processed; null while it is open.').nullable(),
  })
  .openapi('Failure');

export const ExclusionSchema = z
  .object({
    resource_key: z.number().int().describe('Key of the resource here.'),
    resource_type: type,
    fhir_id: fhirId,
    rule: z.string().nullable().describe('The rule that keeps it out; explained in jobs/map/rules.ts.'),
    last_run: z.number().int().describe('Run that last decided so.'),
  })
  .openapi('Exclusion');
