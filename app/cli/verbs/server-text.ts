/** `server-text SITE`: what the EHR said in words when it refused something, where the connection keeps that. */
import { must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { withApi } from '../session.ts';
import { table } from '../table.ts';
import { say, sayJson } from '../terminal.ts';
import { verb } from '../verb.ts';

export const serverText = verb(
  'server-text',
  'What the EHR said in words when it refused something, where the connection keeps that.',
  ['server-text memorial'],
)
  .argument('<site>', 'site key of the connection')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { connection_id: id } = await connectionOf(api, site);
      const data = must(
        await api.GET('/api/v1/admin/fhir-connections/{id}/server-text', { params: { path: { id } } }),
      );
      if (options.json) return sayJson(data);
      const rows = data.items.map(({ said_at, run_id, step, code, status, times, text }) => ({
        ...{ said: said_at.slice(0, 19), run: run_id, step, code, status, times, text },
      }));
      say(table(rows));
      if (rows.length > 0) return;
      say(
        '\nNothing is kept unless sync_config.retention.server_text_hours of the connection says for how long.',
      );
    }),
  );
