import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { APPROVAL_STATES, ApprovalSchema, shownApproval } from '../schemas/approval.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';
import { selectApprovals } from '../second-person/approvals.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/approvals',
  operationId: 'list-approvals',
  tags: ['Approvals'],
  summary: 'List what waits for a second person, newest first',
  description: 'With what became of the others. Only where REQUIRE_SECOND_PERSON is set anything waits.',
  request: {
    query: PageQuery.extend({
      state: z
        .enum(APPROVAL_STATES)
        .optional()
        .openapi({ param: { name: 'state', in: 'query' }, description: 'Only those in this state.' }),
    }),
  },
  responses: {
    200: {
      description: 'A page of approvals.',
      content: { 'application/json': { schema: pageOf(ApprovalSchema, 'ApprovalPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { limit, cursor, state } = c.req.valid('query');
  const filter = {
    connections: c.var.caller.connections,
    states: state && [state],
    before: cursor === undefined ? undefined : Number(cursor),
    limit: limit + 1,
  };
  const rows = (await selectApprovals(sql, filter, clock())).map(shownApproval);
  return c.json(
    page(c, rows, limit, (row) => row.approval_id),
    200,
  );
};
