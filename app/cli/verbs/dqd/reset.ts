/** `dqd reset CHECK`: lets a check have the Data Quality Dashboard's threshold again. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const reset = verb('reset', "Let a check have the Data Quality Dashboard's own threshold again.", [
  'dqd reset field_isrequired_person_person_id',
])
  .argument('<check>', 'check_id, as "dqd thresholds" has it')
  .action((check_id, options) =>
    withApi(options, async (api) => {
      const params = { path: { check_id } };
      must(await api.DELETE('/api/v1/admin/quality/dqd/thresholds/{check_id}', { params }));
      if (options.json) return sayJson({ check_id });
      say(`${check_id} has the threshold of the Data Quality Dashboard again.`);
    }),
  );
