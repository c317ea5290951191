/** `alerts seen ID`: says that a person has seen it. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const seen = verb('seen', 'Say that you have seen an alert.', ['alerts seen 12'])
  .argument('<id>', 'number of the alert', whole)
  .action((id, options) =>
    withApi(options, async (api) => {
      const params = { path: { id } };
      const data = must(await api.POST('/api/v1/admin/alerts/{id}/acknowledge', { params }));
      if (options.json) return sayJson(data);
      say(`Alert ${data.alert_id} is ${data.state}; the same found again is a new one.`);
    }),
  );
