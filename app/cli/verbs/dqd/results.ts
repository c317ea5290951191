/** `dqd results FILE`: the results of a pass, as the Data Quality Dashboard writes them. */
import { writeFile } from 'node:fs/promises';
import { must } from '../../../../openapi/client/index.ts';
import { noun } from '../../../../sql/noun.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const results = verb(
  'results',
  'Write the results of a pass, for the viewer of the Data Quality Dashboard and Ares.',
  ['dqd results results.json', 'dqd results results.json --pass 7 --server https://omop.example.org'],
)
  .argument('<file>', 'where to')
  .option('--pass <n>', 'of this pass instead of the one that ended last', whole)
  .action((file, options) =>
    withApi(options, async (api) => {
      const { pass, json } = options;
      const query = pass === undefined ? {} : { pass };
      const found = must(await api.GET('/api/v1/admin/quality/dqd', { params: { query } }));
      await writeFile(file, JSON.stringify(found));
      const checks = found.CheckResults.length;
      if (json) return sayJson({ file, checks });
      say(`${file}: ${checks} ${noun(checks, 'check')}.`);
    }),
  );
