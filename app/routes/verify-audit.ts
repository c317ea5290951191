import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { anchorText, readAnchor } from '../../jobs/record/anchor.ts';
import { verifyRecord } from '../../jobs/record/verify.ts';
import { SyncError } from '../../jobs/step/errors.ts';
import type { AppEnv } from '../app-env.ts';
import { errors, problem } from '../problems.ts';
import { told, VerificationSchema } from '../schemas/audit.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/audit/verification',
  operationId: 'verify-audit',
  tags: ['Record'],
  summary: 'Check the record against its chain',
  description:
    'Finds events that were changed, deleted or put in behind, and seals that were changed or are missing; apart from ' +
    'them, what somebody has acknowledged. That the ' +
    'end was cut off or the chain made anew only an anchor can tell: the log has one a day.',
  request: {
    query: z.object({
      anchor: z
        .string()
        .max(100)
        .optional()
        .openapi({
          param: { name: 'anchor', in: 'query' },
          description: 'audit_anchor as the log has it, from any earlier time.',
        }),
    }),
  },
  responses: {
    200: {
      description: 'What was found.',
      content: { 'application/json': { schema: VerificationSchema } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { last, faults, acknowledged, unsealed, ...found } = await verifyRecord(
    { sql, clock },
    { anchor: asked(c.req.valid('query').anchor) },
  );
  const verification = { intact: faults.length === 0, ...found, unsealed: [...unsealed] };
  return c.json(
    {
      ...{ ...verification, anchor: anchorText(last) },
      ...{ faults: faults.map(told), acknowledged: acknowledged.map(told) },
    },
    200,
  );
};

function asked(text: string | undefined): ReturnType<typeof readAnchor> | undefined {
  if (text === undefined) return undefined;
  try {
    return readAnchor(text);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    throw problem('invalid-request', error.message, { errors: [{ path: 'anchor', message: error.message }] });
  }
}
