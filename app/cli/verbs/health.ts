/** `health SITE`: how a connection is doing, and why. */
import { must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { healthText } from '../health.ts';
import { withApi } from '../session.ts';
import { say, sayJson } from '../terminal.ts';
import { ended, verb } from '../verb.ts';

export const health = verb(
  'health',
  'How a connection is doing, and why; the exit code is 1 unless it is healthy.',
  ['health memorial', 'health memorial --json'],
)
  .argument('<site>', 'site key of the connection')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { connection_id: id } = await connectionOf(api, site);
      const data = must(
        await api.GET('/api/v1/admin/fhir-connections/{id}/health', { params: { path: { id } } }),
      );
      ended(data.healthy);
      if (options.json) return sayJson(data);
      say(healthText(data));
      const known = [
        data.is_running && `run ${data.live_run_id} is under way`,
        data.last_success_at && `last completed ${data.last_success_at.slice(0, 19)}Z`,
        data.data_as_of && `data as of ${data.data_as_of}`,
        data.next_run_at && `next sync ${data.next_run_at.slice(0, 19)}Z`,
      ].filter((said) => typeof said === 'string');
      if (known.length > 0) say(`  ${known.join(', ')}`);
    }),
  );
