/** `runs [SITE]`: the last runs, of all connections or of one. */

import { Option } from '@commander-js/extra-typings';
import { RUN_STATUSES } from '../../../jobs/step/run-status.ts';
import { must } from '../../../openapi/client/index.ts';
import { connectionOf, namesOfConnections } from '../connection-of.ts';
import { runRow } from '../run-row.ts';
import { withApi } from '../session.ts';
import { table } from '../table.ts';
import { say, sayJson } from '../terminal.ts';
import { upTo, verb } from '../verb.ts';

const STATES = ['active', ...RUN_STATUSES] as const;

export const runs = verb('runs', 'The last runs, of all connections or of one.', [
  'runs',
  'runs memorial --status failed',
])
  .argument('[site]', 'only of this connection')
  .addOption(new Option('--status <status>', 'only in this state').choices(STATES))
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(500)).default(20))
  .option('--cursor <text>', 'next_cursor of the page before')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { status, limit, cursor } = options;
      const connection = site === undefined ? undefined : await connectionOf(api, site);
      const query = {
        limit,
        ...(connection ? { connection_id: connection.connection_id } : {}),
        ...(status ? { status: [status] } : {}),
        ...(cursor ? { cursor } : {}),
      };
      const data = must(await api.GET('/api/v1/admin/sync-runs', { params: { query } }));
      if (options.json) return sayJson(data);
      const names = connection
        ? new Map([[connection.connection_id, connection.site_key]])
        : await namesOfConnections(api);
      say(table(data.items.map((run) => runRow(run, names))));
      if (data.next_cursor) say(`\nThere are more: --cursor ${data.next_cursor}, --limit.`);
    }),
  );
