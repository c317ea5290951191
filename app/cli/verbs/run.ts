/** `run SITE ID`: what a run did, or how far it is. */
import { must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { Refused } from '../refused.ts';
import { report } from '../report.ts';
import { withApi } from '../session.ts';
import { say, sayJson } from '../terminal.ts';
import { PROGRAM, verb, whole } from '../verb.ts';
import { retryText } from '../watch.ts';

export const run = verb('run', 'What a run did: its account, types, tables, reasons, notices.', [
  'run memorial 41',
  'run memorial 41 --json',
])
  .argument('<site>', 'site key of the connection')
  .argument('<run>', 'number of the run', whole)
  .action((site, rid, options) =>
    withApi(options, async (api) => {
      const { connection_id: id } = await connectionOf(api, site);
      const found = await api.GET('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}', {
        params: { path: { id, rid } },
      });
      if (found.response.status === 404)
        throw new Refused('run-not-found', `"${site}" has no run ${rid}. Its runs: ${PROGRAM} runs ${site}`);
      const data = must(found);
      if (options.json) return sayJson(data);
      await report(api, data);
      if (data.retrying) say(`\n${retryText(data.retrying)}`);
    }),
  );
