/** `webhooks edit ID`: changes what options name, and leaves the rest. */
import { must } from '../../../../openapi/client/index.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';
import { WEBHOOK_OPTIONS, webhookFrom } from '../../webhook-settings.ts';

export const edit = verb('edit', 'Change a receiver of events: what is not named stays, the secret too.', [
  'webhooks edit 3 --events run.failed --sites ""',
  'webhooks edit 3 --no-active',
])
  .argument('<id>', 'number of the webhook', whole)
  .option('--name <text>', 'what it is for')
  .addOption(WEBHOOK_OPTIONS.url)
  .addOption(WEBHOOK_OPTIONS.urlFile)
  .addOption(WEBHOOK_OPTIONS.events)
  .addOption(WEBHOOK_OPTIONS.sites)
  .addOption(WEBHOOK_OPTIONS.networks)
  .option('--active', 'it gets events')
  .option('--no-active', 'it gets none')
  .action((wid, options) =>
    withApi(options, async (api) => {
      const { name, active } = options;
      const body = {
        ...(name === undefined ? {} : { name }),
        ...(await webhookFrom(api, options)),
        ...(active === undefined ? {} : { is_active: active }),
      };
      if (Object.keys(body).length === 0)
        throw new NotUnderstood('webhooks edit: nothing was named that is to change.');
      const params = { path: { wid } };
      const changed = must(await api.PUT('/api/v1/admin/webhooks/{wid}', { params, body }));
      if (options.json) return sayJson(changed);
      say(`Webhook ${wid}: ${Object.keys(body).join(', ')} changed.`);
    }),
  );
