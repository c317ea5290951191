/** `approvals approve ID`: does what another person asked for. */
import { must } from '../../../../openapi/client/index.ts';
import { sayDecision } from '../../decision.ts';
import { withApi } from '../../session.ts';
import { verb, whole } from '../../verb.ts';

export const approve = verb('approve', 'Do what another person asked for.', ['approvals approve 4'])
  .argument('<id>', 'number of the approval', whole)
  .action((aid, options) =>
    withApi(options, async (api) => {
      const params = { path: { aid } };
      sayDecision(must(await api.POST('/api/v1/admin/approvals/{aid}/approve', { params })), options);
    }),
  );
