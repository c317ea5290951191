/** `retry SITE`: takes the last run up again from where it failed. */
import { must } from '../../../openapi/client/index.ts';
import { follow } from '../follow.ts';
import { lastRunOf } from '../last-run.ts';
import { withApi } from '../session.ts';
import { say } from '../terminal.ts';
import { ended, verb, watchOption } from '../verb.ts';

export const retry = verb('retry', 'Take the last run up again from where it failed, or a paused crawl.', [
  'retry memorial --watch',
])
  .argument('<site>', 'site key of the connection')
  .addOption(watchOption())
  .action(async (site, options) => {
    const { watch, json } = options;
    await withApi(
      options,
      async (api, session) => {
        const { connection_id, run_id } = await lastRunOf(api, site);
        const retried = must(
          await api.POST('/api/v1/admin/fhir-connections/{id}/sync-runs/{rid}/retry', {
            params: { path: { id: connection_id, rid: run_id } },
          }),
        );
        if (!json) say(`Run ${run_id} of "${site}" goes on from its checkpoint.`);
        ended(await follow(session, retried, { site, watch, json }));
      },
      { withWorkers: watch === true },
    );
  });
