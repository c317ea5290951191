/** API tokens, as the API shows them: never the token itself, save in the answer that makes it. */
import { z } from '@hono/zod-openapi';
import type { ApiToken } from '../auth/api-tokens.ts';
import { ROLES } from '../caller.ts';
import { id, MOST_INTEGER } from './whole.ts';

const when = (description: string) => z.iso.datetime().nullable().describe(description);
const connectionId = z.number().int().min(1).max(MOST_INTEGER);

const EXAMPLE = {
  ...{
    token_id: 3,
    prefix: 'fos_Zx81kQ',
    role: 'viewer',
    connections: [1],
    note: 'dashboard in the hall',
  },
  ...{ created_at: '2026-11-29T08:00:00Z', created_by: 'api:ada', expires_at: '2027-11-29T00:00:00Z' },
  ...{ last_used_at: null, revoked_at: null, revoked_by: null },
};

export const ApiTokenSchema = z
  .object({
    token_id: z.number().int().describe('Number of the token.'),
    prefix: z.string().describe('Its first characters, by which people tell tokens apart.'),
    role: z.enum(ROLES).describe('What it allows.'),
    connections: z
      .array(connectionId)
      .nullable()
      .describe('Connections that it may see and act on; null: all.'),
    note: z.string().describe('What it is for; recorded as the name of the caller.'),
    created_at: z.iso.datetime().describe('When it was made.'),
    created_by: z.string().describe('Who made it.'),
    expires_at: when('From when on it is refused; null: never.'),
    last_used_at: when('When it was last used, to the minute; null: never.'),
    revoked_at: when('When it was revoked; null: it was not.'),
    revoked_by: z.string().nullable().describe('Who revoked it.'),
  })
  .openapi('ApiToken', { example: EXAMPLE });

export const CreatedApiTokenSchema = ApiTokenSchema.extend({
  token: z.string().describe('The token. It is shown this once, and stored nowhere.'),
}).openapi('CreatedApiToken', { example: { ...EXAMPLE, token: 'fos_Zx81kQ…' } });

export const CreateApiTokenSchema = z
  .strictObject({
    role: z.enum(ROLES).describe('What it allows.'),
    note: z.string().trim().min(1).max(200).describe('What it is for. It must not hold a secret.'),
    connections: z
      .array(connectionId)
      .min(1)
      .max(1000)
      .optional()
      .describe('Connections that it may see and act on; all, when left out.'),
    expires_at: z.iso.datetime().optional().describe('From when on it is refused; never, when left out.'),
  })
  .openapi('CreateApiToken', {
    example: { role: 'viewer', note: 'dashboard in the hall', connections: [1] },
  });

export const TokenParams = z.object({ tid: id('tid', 'token_id', MOST_INTEGER) });

export function shownToken({ person: _, ...stored }: ApiToken): z.infer<typeof ApiTokenSchema> {
  return {
    ...stored,
    connections: stored.connections && [...stored.connections],
    created_at: stored.created_at.toISOString(),
    expires_at: stored.expires_at?.toISOString() ?? null,
    last_used_at: stored.last_used_at?.toISOString() ?? null,
    revoked_at: stored.revoked_at?.toISOString() ?? null,
  };
}
