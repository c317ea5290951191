/** `approvals show ID`: what a request would do, and to whom. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const show = verb(
  'show',
  'What a request would do, and to whom, as JSON; that you looked is recorded.',
  ['approvals show 4'],
)
  .argument('<id>', 'number of the approval', whole)
  .action((aid, options) =>
    withApi(options, async (api) => {
      sayJson(must(await api.GET('/api/v1/admin/approvals/{aid}', { params: { path: { aid } } })));
    }),
  );
