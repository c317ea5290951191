/** `redrive SITE`: maps failures again from the kept chunks, and takes up what waits for other resources. */
import { must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { follow } from '../follow.ts';
import { withApi } from '../session.ts';
import { say } from '../terminal.ts';
import { ended, verb, watchOption } from '../verb.ts';

export const redrive = verb('redrive', 'Map failures again from the chunks that are kept, and what waits.', [
  'redrive memorial --watch',
  'redrive memorial --type Observation --reason mapping-failed',
])
  .argument('<site>', 'site key of the connection')
  .option('--reason <code>', 'only what failed for this reason')
  .option('--type <type>', 'only resources of this type')
  .addOption(watchOption())
  .action(async (site, options) => {
    const { watch, json, reason, type } = options;
    await withApi(
      options,
      async (api, session) => {
        const { connection_id: id } = await connectionOf(api, site);
        const run = must(
          await api.POST('/api/v1/admin/fhir-connections/{id}/redrive', {
            params: { path: { id } },
            body: { ...(reason ? { reason } : {}), ...(type ? { resource_type: type } : {}) },
          }),
        );
        if (!json) say(`Run ${run.run_id} of "${site}" maps what failed again.`);
        ended(await follow(session, run, { site, watch, json }));
      },
      { withWorkers: watch === true },
    );
  });
