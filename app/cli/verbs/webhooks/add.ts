/** `webhooks add NAME`: a receiver of events. Its secret is shown once, alone on standard output. */
import { must } from '../../../../openapi/client/index.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { complain, say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';
import { WEBHOOK_OPTIONS, webhookFrom } from '../../webhook-settings.ts';

export const add = verb('add', 'Have events sent to a receiver; the secret that signs them is shown once.', [
  'webhooks add "on call" --url https://hooks.example.org/omop --events alert.raised,run.failed',
  'webhooks add chat --url-file chat-address --sites memorial',
])
  .argument('<name>', 'what it is for')
  .addOption(WEBHOOK_OPTIONS.url)
  .addOption(WEBHOOK_OPTIONS.urlFile)
  .addOption(WEBHOOK_OPTIONS.events)
  .addOption(WEBHOOK_OPTIONS.sites)
  .addOption(WEBHOOK_OPTIONS.networks)
  .option('--no-active', 'switched off for now')
  .action((name, options) =>
    withApi(options, async (api) => {
      const { url, ...settings } = await webhookFrom(api, options);
      if (!url) throw new NotUnderstood('webhooks add needs --url URL, or --url-file FILE.');
      const body = { name, url, ...settings, is_active: options.active };
      const made = must(await api.POST('/api/v1/admin/webhooks', { body }));
      if (options.json) return sayJson(made);
      complain(`Webhook ${made.webhook_id} to ${made.host}. Its secret, shown this once:`);
      say(made.secret);
    }),
  );
