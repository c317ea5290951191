/** `dqd passes`: the passes of the Data Quality Dashboard's checks, and how each went. */
import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { upTo, verb } from '../../verb.ts';

export const passes = verb('passes', 'The last passes, by the thresholds of today.', [
  'dqd passes',
  'dqd passes --limit 3',
])
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(500)).default(20))
  .option('--cursor <text>', 'next_cursor of the page before')
  .action((options) =>
    withApi(options, async (api) => {
      const { limit, cursor } = options;
      const query = { limit, ...(cursor ? { cursor } : {}) };
      const data = must(await api.GET('/api/v1/admin/quality/dqd/passes', { params: { query } }));
      if (options.json) return sayJson(data);
      say(
        table(
          data.items.map(({ counts, ...one }) => ({
            ...{ pass: one.dqd_run_id, state: one.state, begun: new Date(one.started_at) },
            ...{ passed: counts?.passed, failed: counts?.failed, not_applicable: counts?.not_applicable },
            ...{ began_to_fail: counts?.began_to_fail.length, mended: counts?.mended.length },
          })),
        ),
      );
      if (data.next_cursor) say(`\nThere are more: --cursor ${data.next_cursor}, --limit.`);
    }),
  );
