/** `unmapped`: the codes in use that have no Standard concept, as a table, CSV or JSON. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { connectionOf } from '../../connection-of.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayFile, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const list = verb('list', 'Codes in use without a Standard concept, the most frequent first.', [
  'unmapped --site memorial --domain Measurement',
  'unmapped --csv > worklist.csv',
])
  .option('--site <site>', 'only of this connection')
  .option('--domain <name>', 'only where this domain is expected')
  .option('--search <text>', 'only with this in code or words')
  .addOption(new Option('--csv', 'all of them, as CSV').conflicts('json'))
  .action((options) =>
    withApi(options, async (api) => {
      const { site, search, domain } = options;
      const connection = site === undefined ? undefined : await connectionOf(api, site);
      const query = {
        ...(connection ? { connection_id: connection.connection_id } : {}),
        ...(search ? { q: search } : {}),
        ...(domain ? { domain } : {}),
      };
      if (options.csv) {
        const parameters = { params: { query }, parseAs: 'text' as const };
        return sayFile(must(await api.GET('/api/v1/admin/vocabulary/unmapped/export', parameters)));
      }
      const data = must(
        await api.GET('/api/v1/admin/vocabulary/unmapped', { params: { query: { ...query, limit: 50 } } }),
      );
      if (options.json) return sayJson(data);
      const rows = data.items.map((one) => ({
        ...{ id: one.code_id === null ? '' : String(one.code_id), system: one.system },
        ...{ code: one.code ?? `(${one.codes_withheld} of few persons)`, display: one.display },
        ...{ in: `${one.resource_type}.${one.element}`, records: one.records, persons: one.persons },
        ...{ 'together %': one.cumulative_share, 'mapped since': one.has_map ? 'yes' : '' },
      }));
      say(table(rows));
      if (data.next_cursor) say('\nThe 50 most frequent. All of them: npm run cli -- unmapped --csv');
    }),
  );
