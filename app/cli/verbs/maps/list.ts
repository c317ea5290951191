/** `maps list`: the local maps as a table. */

import { Option } from '@commander-js/extra-typings';
import { MAP_STATES } from '../../../../jobs/vocabulary/local-maps/local-map.ts';
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { upTo, verb } from '../../verb.ts';

export const list = verb('list', 'The local maps as a table.', ['maps list', 'maps list --state target-lost'])
  .option('--system <uri>', 'only of this code system')
  .option('--search <text>', 'only with this in code or description')
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(200)).default(200))
  .option('--cursor <text>', 'next_cursor of the page before')
  .addOption(new Option('--state <state>', 'only in this state').choices(MAP_STATES))
  .action((options) =>
    withApi(options, async (api) => {
      const { system, search, state, limit, cursor } = options;
      const query = {
        limit,
        ...(cursor ? { cursor } : {}),
        ...(system ? { system } : {}),
        ...(search ? { q: search } : {}),
        ...(state ? { state } : {}),
      };
      const data = must(await api.GET('/api/v1/admin/vocabulary/local-maps', { params: { query } }));
      if (options.json) return sayJson(data);
      const rows = data.items.map((map) => ({
        ...{ system: map.systems[0] ?? map.source_vocabulary_id, code: map.source_code },
        ...{ description: map.source_code_description, concept_id: String(map.target_concept_id) },
        ...{ name: map.target_name, domain: map.target_domain, state: map.state },
      }));
      say(table(rows));
      if (data.next_cursor)
        say(`\nThere are more: --cursor ${data.next_cursor}. All of them: npm run cli -- maps export`);
    }),
  );
