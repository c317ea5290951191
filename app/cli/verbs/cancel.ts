/** `cancel SITE`: ends the live run. */
import { must } from '../../../openapi/client/index.ts';
import { lastRunOf } from '../last-run.ts';
import { withApi } from '../session.ts';
import { say, sayJson } from '../terminal.ts';
import { verb } from '../verb.ts';

export const cancel = verb(
  'cancel',
  'End the live run; what is loaded stays. One that asks by searches is paused so: retry goes on.',
  ['cancel memorial'],
)
  .argument('<site>', 'site key of the connection')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { connection_id, run_id } = await lastRunOf(api, site);
      const cancelled = must(
        await api.POST('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/cancel', {
          params: { path: { id: connection_id, rid: run_id } },
        }),
      );
      if (options.json) return sayJson(cancelled);
      say(`Run ${run_id} of "${site}" is cancelled. What was loaded stays; the watermark has not moved.`);
    }),
  );
