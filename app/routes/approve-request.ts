import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { canonicalJson } from '../../jobs/record/changes.ts';
import type { AppEnv } from '../app-env.ts';
import { audit, auditRefusal } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors, PROBLEMS, Problem, problem } from '../problems.ts';
import { ApprovalParams, ApprovalSchema, shownApproval } from '../schemas/approval.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { GUARDED } from '../second-person/actions.ts';
import { decideInTx, openHeldInTx, type StoredApproval } from '../second-person/approvals.ts';
import { approvalOf } from '../second-person/find.ts';
import { personOrRefuse } from '../second-person/guarded.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/approvals/{aid}/approve',
  operationId: 'approve-request',
  tags: ['Approvals'],
  summary: 'Approve what another admin has asked for, which does it',
  description:
    'It is done in the same transaction, as it was asked for. Whoever asked cannot approve it, by whatever session or ' +
    'token: tokens count as the person who made them. Both must be known by the same authority (the identity provider, ' +
    'or the accounts of the server), since one person may have a name at each. Where what it concerns has changed since, ' +
    'it is void and nothing is done; where it cannot be done for now, the answer says why and it goes on waiting.',
  request: { params: ApprovalParams, headers: IdempotencyHeader },
  responses: {
    200: { description: 'Done.', content: { 'application/json': { schema: ApprovalSchema } } },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'approval-not-found',
      'approval-closed',
      'approval-outdated',
      'second-person-same',
      'second-person-unknown',
      'connection-not-found',
      'patient-unknown',
      'site-key-taken',
      'sync-already-running',
      'reconciliation-outdated',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock, keyring } = c.var.services;
  const { aid } = c.req.valid('param');
  const by = asTrigger(c.var.caller);
  const target = `approval/${aid}`;
  const outcome = await sql
    .begin(async (tx) => {
      const approval = await approvalOf(tx, c, aid);
      // Whoever waited for another's decision sees it here.
      const held = await openHeldInTx(tx, keyring, approval);
      const action = GUARDED.get(approval.operation);
      if (!held || !action || approval.state !== 'pending') throw closed(approval);
      const person = personOrRefuse(c);
      refuseSame(approval, person);
      const request = action.request.parse(held.request);
      const facts = {
        operation: approval.operation,
        object: approval.object,
        requested_by: approval.requested_by,
      };
      if (canonicalJson(await action.concerns(tx, request)) !== held.concerns) {
        await decideInTx(tx, aid, { decision: 'outdated', by, at: clock() });
        await audit(tx, c, { action: 'approval.outdate', target, status: 409, details: facts });
        return undefined;
      }
      const result = await action.run(tx, c, request, {
        ...{ approval_id: aid, requested_by: approval.requested_by },
      });
      await decideInTx(tx, aid, { decision: 'approved', by, at: clock(), result: action.resultOf(result) });
      const persons = { requested_person: approval.requested_person, approved_person: person };
      const details = { ...facts, approved_by: by, ...persons, result: action.resultOf(result) };
      await audit(tx, c, { action: 'approval.approve', target, status: 200, details });
      return {
        shown: shownApproval(await approvalOf(tx, c, aid)),
        afterwards: () => action.afterwards?.(c, result),
      };
    })
    .catch(async (error: unknown) => {
      if (error instanceof Problem && PROBLEMS[error.code].status === 403) {
        await auditRefusal(c, { action: 'approval.approve', target, status: 403 });
      }
      throw error;
    });
  if (!outcome) {
    throw problem(
      'approval-outdated',
      'What it concerns has changed since it was asked for. Nothing was done; it can be asked for anew.',
    );
  }
  await outcome.afterwards();
  return c.json(outcome.shown, 200);
};

function closed({ approval_id, state }: StoredApproval): Problem {
  const now = state === 'pending' ? 'decided by somebody else just now' : state;
  return problem('approval-closed', `Approval ${approval_id} waits no more: it is ${now}.`);
}

function refuseSame({ requested_person }: StoredApproval, person: string): void {
  const [theirs, ours] = [requested_person, person].map((one) => one.slice(0, one.indexOf('/')));
  if (person === requested_person) {
    throw problem('second-person-same', 'Whoever asked for it cannot approve it: another admin must.');
  }
  if (theirs !== ours) {
    throw problem(
      'second-person-same',
      'Whoever asked is known by another authority than you are (one by the identity provider, one by an account of ' +
        'the server), so nobody can tell that you are two. Ask and approve by the same way.',
    );
  }
}
