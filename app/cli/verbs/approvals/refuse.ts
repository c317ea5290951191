/** `approvals refuse ID`: lets what another person asked for not be done. */
import { must } from '../../../../openapi/client/index.ts';
import { sayDecision } from '../../decision.ts';
import { withApi } from '../../session.ts';
import { verb, whole } from '../../verb.ts';

export const refuse = verb('refuse', 'Refuse what another person asked for.', ['approvals refuse 4'])
  .argument('<id>', 'number of the approval', whole)
  .action((aid, options) =>
    withApi(options, async (api) => {
      const params = { path: { aid } };
      sayDecision(must(await api.POST('/api/v1/admin/approvals/{aid}/refuse', { params })), options);
    }),
  );
