import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors, problem } from '../problems.ts';
import { ApprovalParams, ApprovalSchema, shownApproval } from '../schemas/approval.ts';
import { decideInTx, openHeldInTx } from '../second-person/approvals.ts';
import { approvalOf } from '../second-person/find.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/approvals/{aid}/refuse',
  operationId: 'refuse-request',
  tags: ['Approvals'],
  summary: 'Refuse what was asked for, or take it back',
  description: 'Nothing is done, and what the request held is forgotten. Whoever asked may do it too.',
  request: { params: ApprovalParams },
  responses: {
    200: { description: 'Refused.', content: { 'application/json': { schema: ApprovalSchema } } },
    ...errors('invalid-request', 'approval-not-found', 'approval-closed'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock, keyring } = c.var.services;
  const { aid } = c.req.valid('param');
  const by = asTrigger(c.var.caller);
  const shown = await sql.begin(async (tx) => {
    const approval = await approvalOf(tx, c, aid);
    const held = await openHeldInTx(tx, keyring, approval);
    if (!held || approval.state !== 'pending') {
      throw problem('approval-closed', `Approval ${aid} waits no more.`);
    }
    await decideInTx(tx, aid, { decision: 'refused', by, at: clock() });
    const { operation, object, requested_by } = approval;
    const details = { operation, object, requested_by, refused_by: by };
    await audit(tx, c, { action: 'approval.refuse', target: `approval/${aid}`, status: 200, details });
    return shownApproval(await approvalOf(tx, c, aid));
  });
  return c.json(shown, 200);
};
