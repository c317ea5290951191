/** `dqd thresholds`: those that the site has set. */
import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { upTo, verb } from '../../verb.ts';

export const thresholds = verb('thresholds', 'The thresholds that were set here, by whom and why.', [
  'dqd thresholds',
])
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(200)).default(50))
  .option('--cursor <text>', 'next_cursor of the page before')
  .action((options) =>
    withApi(options, async (api) => {
      const { limit, cursor } = options;
      const query = { limit, ...(cursor ? { cursor } : {}) };
      const data = must(await api.GET('/api/v1/admin/quality/dqd/thresholds', { params: { query } }));
      if (options.json) return sayJson(data);
      say(
        table(
          data.items.map((one) => ({
            ...{ check: one.check_id, percent: one.threshold, by: one.changed_by },
            ...{ at: new Date(one.changed_at), note: one.note },
          })),
        ),
      );
      if (data.next_cursor) say(`\nThere are more: --cursor ${data.next_cursor}, --limit.`);
    }),
  );
