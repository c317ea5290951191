/** `webhooks`: the receivers of events. */
import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { namesOfConnections } from '../../connection-of.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { upTo, verb } from '../../verb.ts';
import { webhookRow } from '../../webhook-row.ts';

export const list = verb('list', 'The receivers of events, newest first.', ['webhooks'])
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(500)).default(50))
  .option('--cursor <text>', 'next_cursor of the page before')
  .action(({ limit, cursor, ...options }) =>
    withApi(options, async (api) => {
      const query = { limit, ...(cursor ? { cursor } : {}) };
      const data = must(await api.GET('/api/v1/admin/webhooks', { params: { query } }));
      if (options.json) return sayJson(data);
      const names = await namesOfConnections(api);
      say(table(data.items.map((one) => webhookRow(one, names))));
      if (data.next_cursor) say(`\nThere are more: --cursor ${data.next_cursor}, --limit.`);
    }),
  );
