/** Requests that wait for a second person, as the API shows them. */
import { z } from '@hono/zod-openapi';
import type { StoredApproval } from '../second-person/approvals.ts';
import { NEEDS } from '../second-person/settings.ts';
import { id } from './whole.ts';

export const APPROVAL_STATES = ['pending', 'approved', 'refused', 'expired', 'outdated'] as const;

const EXAMPLE = {
  ...{
    approval_id: 4,
    connection_id: 7,
    operation: 'start-purge',
    need: 'purge',
    object: 'connection/7',
  },
  ...{ shown: { reason: 'opt-out', unknown: false }, requested_by: 'api:ada', state: 'pending' },
  ...{ requested_at: '2026-11-29T08:00:00Z', expires_at: '2026-11-30T08:00:00Z' },
  ...{ decided_by: null, decided_at: null, result: null },
};

export const ApprovalSchema = z
  .object({
    approval_id: z.number().int().describe('Number of the approval.'),
    connection_id: z.number().int().describe('Connection that it is about.'),
    operation: z.string().describe('Operation of this API that was asked for.'),
    need: z.enum(NEEDS).describe('Word of REQUIRE_SECOND_PERSON by which it needs a second person.'),
    object: z.string().describe('What it acts on, as in "connection/7" or "run/12".'),
    shown: z
      .record(z.string(), z.unknown())
      .describe('What would be done: of settings before and after, of secrets only that they change.'),
    requested_by: z.string().describe('Who asked.'),
    requested_at: z.iso.datetime().describe('When.'),
    expires_at: z.iso.datetime().describe('From when on nobody can approve it any more.'),
    state: z
      .enum(APPROVAL_STATES)
      .describe('outdated: what it concerns had changed when somebody wanted to approve it.'),
    decided_by: z.string().nullable().describe('Who approved or refused it.'),
    decided_at: z.iso.datetime().nullable().describe('When.'),
    result: z.string().nullable().describe('What came of it, as in "purge/3", "run/12".'),
  })
  .openapi('Approval', {
    example: EXAMPLE,
  });

export const OneApprovalSchema = ApprovalSchema.extend({
  patient_id: z
    .string()
    .nullable()
    .describe('FHIR id of the Patient, while a purge waits: whoever approves must know whom. Else null.'),
}).openapi('OneApproval', { example: { ...EXAMPLE, patient_id: 'eq081-VQEgP8drUUqCWzHfw3' } });

export const ApprovalParams = z.object({ aid: id('aid', 'approval_id', Number.MAX_SAFE_INTEGER) });

/** Without the person's name of the identity provider: a list of approvals is no directory. */
export function shownApproval({
  requested_person: _,
  ...stored
}: StoredApproval): z.infer<typeof ApprovalSchema> {
  return {
    ...stored,
    requested_at: stored.requested_at.toISOString(),
    expires_at: stored.expires_at.toISOString(),
    decided_at: stored.decided_at?.toISOString() ?? null,
  };
}
