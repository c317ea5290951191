/** The record of who did what, as the API shows it. */
import { z } from '@hono/zod-openapi';
import { FAULTS } from '../../jobs/record/verify.ts';
import { time } from './dates.ts';

const facts = (description: string) => z.record(z.string(), z.unknown()).nullable().describe(description);
const codes = Object.keys(FAULTS) as [keyof typeof FAULTS, ...(keyof typeof FAULTS)[]];

export const AuditEventSchema = z
  .object({
    event_id: z.number().int().describe('Number of the event; there may be gaps.'),
    at: z.string().describe('When, in UTC with microseconds.'),
    actor: z
      .string()
      .describe('Who: a person, the note of a token, "cli:" and a user, "worker", "schedule".'),
    role: z.string().nullable().describe('What they may do; null where roles have no say.'),
    via: z.string().describe('How they proved who they are.'),
    action: z.string().describe('The thing and the verb, such as "connection.update".'),
    object: z.string().describe('What was acted on, such as "connection/7".'),
    outcome: z.enum(['done', 'refused', 'failed']).describe('Whether it was done.'),
    status: z.number().int().nullable().describe('HTTP status of the answer, where there was a request.'),
    address: z.string().nullable().describe('Address that the request came from.'),
    request_id: z.string().nullable().describe('Finds the request in the log.'),
    client_request_id: z.string().nullable().describe('X-Request-Id as the caller gave it.'),
    before: facts('Settings that were changed, as they were; never secrets.'),
    after: facts('The same, as they became.'),
    details: facts('Ids and counts that belong to it.'),
    seal_no: z.number().int().nullable().describe('Its place in the chain; null until it is sealed.'),
  })
  .openapi('AuditEvent');

const fault = {
  code: z.enum(codes).describe('Kind of fault.'),
  message: z.string().describe('What it means.'),
  seal_no: z.number().int().nullable().describe('Which seal.'),
  event_id: z.number().int().nullable().describe('Which event.'),
  found: z.string().describe('SHA-256 of what stands there now: another change of it is another fault.'),
};

/** A fault as the API tells of it. */
export const told = <One extends { readonly code: keyof typeof FAULTS }>(one: One) => ({
  ...one,
  message: FAULTS[one.code],
});

export const VerificationSchema = z
  .object({
    intact: z
      .boolean()
      .describe('No fault was found but acknowledged ones. Without an anchor a missing end cannot be found.'),
    seals: z.number().int().describe('Seals that were checked.'),
    dropped: z
      .number()
      .int()
      .describe('Events of months that were dropped as too old, as the record says itself.'),
    dropped_before: z.string().nullable().describe('Up to when events may rightly be gone.'),
    unsealed: z.array(z.number().int()).describe('Events that came meanwhile and have no seal yet.'),
    anchor: z.string().describe('The last seal and its hash: keep it elsewhere, and give it the next time.'),
    faults: z.array(z.object(fault)).describe('At most 200; without those that are acknowledged.'),
    acknowledged: z
      .array(
        z.object({
          ...fault,
          acknowledged_by: z.number().int().describe('Event that says by whom, when and why.'),
        }),
      )
      .describe('Faults that somebody has acknowledged and that are still what they were then.'),
  })
  .openapi('AuditVerification');

const range = (what: string) =>
  z.string().min(1).max(40).optional().describe(`${what} of a break, such as "12-15" or "12".`);

export const AcknowledgeBreakSchema = z
  .strictObject({
    reason: z.string().trim().min(1).max(500).describe('What is known of it. Kept: must not name a patient.'),
    seals: range('Numbers of the seals'),
    events: range('Numbers of the events that have no seal,'),
  })
  .refine(({ seals, events }) => (seals === undefined) !== (events === undefined), {
    message: 'Expected seals, or else events.',
  })
  .openapi('AcknowledgeBreak');

export const AcknowledgedBreakSchema = z
  .object({ acknowledged: z.array(z.object(fault)).describe('Faults that are acknowledged now.') })
  .openapi('AcknowledgedBreak');

const text = (name: string, description: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .refine((text) => !/\p{Cc}/u.test(text), 'expected text without control characters')
    .optional()
    .openapi({ param: { name, in: 'query' }, description });
const at = (name: string, description: string) =>
  time.optional().openapi({ param: { name, in: 'query' }, description });

export const AuditQuery = {
  actor: text('actor', 'Events of this actor.'),
  action: text('action', 'Events of this action ("run.cancel"), or of all actions of a thing ("run").'),
  object: text('object', 'Events of this object ("run/12"), or of all of a kind ("run").'),
  outcome: z
    .enum(['done', 'refused', 'failed'])
    .optional()
    .openapi({ param: { name: 'outcome', in: 'query' }, description: 'Events with this outcome.' }),
  since: at('since', 'Events from this time on.'),
  until: at('until', 'Events before this time.'),
};
