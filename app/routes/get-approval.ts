import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { ApprovalParams, OneApprovalSchema, shownApproval } from '../schemas/approval.ts';
import { openHeldInTx } from '../second-person/approvals.ts';
import { approvalOf } from '../second-person/find.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/approvals/{aid}',
  operationId: 'get-approval',
  tags: ['Approvals'],
  summary: 'What would be done, and to whom',
  description: 'That the id of a patient was read is recorded.',
  request: { params: ApprovalParams },
  responses: {
    200: { description: 'The approval.', content: { 'application/json': { schema: OneApprovalSchema } } },
    ...errors('invalid-request', 'approval-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring } = c.var.services;
  const { aid } = c.req.valid('param');
  const shown = await sql.begin(async (tx) => {
    const approval = await approvalOf(tx, c, aid);
    const waits = approval.state === 'pending' && approval.operation === 'start-purge';
    const held = waits ? await openHeldInTx(tx, keyring, approval) : undefined;
    const patient = Object(held?.request)['patient_id'];
    const patient_id = typeof patient === 'string' ? patient : null;
    if (patient_id !== null) {
      await audit(tx, c, { action: 'approval.read', target: `approval/${aid}`, status: 200 });
    }
    return { ...shownApproval(approval), patient_id };
  });
  return c.json(shown, 200);
};
