/** `webhooks test ID`: sends a receiver an event to try it. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, verb, whole } from '../../verb.ts';
import { deliveryRow } from '../../webhook-row.ts';

export const test = verb(
  'test',
  'Send a receiver an event to try it; the exit code is 1 unless it took it.',
  ['webhooks test 3'],
)
  .argument('<id>', 'number of the webhook', whole)
  .action((wid, options) =>
    withApi(options, async (api) => {
      const data = must(await api.POST('/api/v1/admin/webhooks/{wid}/test', { params: { path: { wid } } }));
      ended(data.delivered_at !== null);
      if (options.json) return sayJson(data);
      say(table([deliveryRow(data)]));
    }),
  );
