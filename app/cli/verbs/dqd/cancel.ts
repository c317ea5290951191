/** `dqd cancel PASS`: calls a pass off. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const cancel = verb('cancel', 'Call a pass off that is under way; it has no results then.', [
  'dqd cancel 7',
])
  .argument('<pass>', 'number of the pass', whole)
  .action((pass, options) =>
    withApi(options, async (api) => {
      const params = { path: { pass } };
      const cancelled = must(await api.POST('/api/v1/admin/quality/dqd/passes/{pass}/cancel', { params }));
      if (options.json) return sayJson(cancelled);
      say(`Pass ${pass} is cancelled. It has no results.`);
    }),
  );
