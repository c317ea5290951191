/** `webhooks deliveries ID`: what was sent to a receiver, newest first. */
import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { upTo, verb, whole } from '../../verb.ts';
import { deliveryRow } from '../../webhook-row.ts';

export const deliveries = verb(
  'deliveries',
  'What was sent to a receiver in the last 30 days, newest first.',
  ['webhooks deliveries 3'],
)
  .argument('<id>', 'number of the webhook', whole)
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(500)).default(50))
  .option('--cursor <text>', 'next_cursor of the page before')
  .action((wid, { limit, cursor, ...options }) =>
    withApi(options, async (api) => {
      const params = { path: { wid }, query: { limit, ...(cursor ? { cursor } : {}) } };
      const data = must(await api.GET('/api/v1/admin/webhooks/{wid}/deliveries', { params }));
      if (options.json) return sayJson(data);
      say(table(data.items.map(deliveryRow)));
      if (data.next_cursor) say(`\nThere are more: --cursor ${data.next_cursor}, --limit.`);
    }),
  );
