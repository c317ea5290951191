/** `connections test SITE`: whether a connection works, in the steps in which it can fail. */
import { must } from '../../../../openapi/client/index.ts';
import { connectionOf } from '../../connection-of.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, verb } from '../../verb.ts';

export const test = verb(
  'test',
  'Whether a connection works: assertion, token, metadata, Group. The exit code is 1 when a step failed.',
  ['connections test memorial'],
)
  .argument('<site>', 'site key of the connection')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { connection_id: id } = await connectionOf(api, site);
      const tested = must(
        await api.POST('/api/v1/admin/fhir-connections/{id}/test', { params: { path: { id } } }),
      );
      ended(tested.status !== 'failed');
      if (options.json) return sayJson(tested);
      say(table(tested.steps.map(({ step, status, ms, detail }) => ({ step, status, ms, detail }))));
      const server = [tested.server_version, tested.fhir_version && `FHIR ${tested.fhir_version}`];
      const said = server.filter(Boolean).join(', ');
      say(`\n"${site}": ${tested.status}${said ? ` (${said})` : ''}.`);
    }),
  );
