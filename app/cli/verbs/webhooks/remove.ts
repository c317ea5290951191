/** `webhooks remove ID`: deletes a receiver of events, with its log. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const remove = verb('remove', 'Delete a receiver of events, with its log of deliveries.', [
  'webhooks remove 3',
])
  .argument('<id>', 'number of the webhook', whole)
  .action((wid, options) =>
    withApi(options, async (api) => {
      must(await api.DELETE('/api/v1/admin/webhooks/{wid}', { params: { path: { wid } } }));
      if (options.json) return sayJson({ webhook_id: wid });
      say(`Webhook ${wid} is deleted; what waited for it is not sent any more.`);
    }),
  );
