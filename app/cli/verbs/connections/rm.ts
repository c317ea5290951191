/** `connections rm SITE`: deletes a connection; with --force also what it loaded. */
import { must } from '../../../../openapi/client/index.ts';
import { connectionOf } from '../../connection-of.ts';
import { follow } from '../../follow.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const rm = verb('rm', 'Delete a connection; one that was synced only with --force.', [
  'connections rm memorial',
  'connections rm memorial --force',
])
  .argument('<site>', 'site key of the connection')
  .option('--force', 'take out everything that it loaded, rows of the CDM too')
  .action(async (site, options) => {
    await withApi(options, async (api, session) => {
      const { connection_id: id } = await connectionOf(api, site);
      const query = options.force ? { force: 'true' as const } : {};
      const deleted = await api.DELETE('/api/v1/admin/fhir-connections/{id}', {
        params: { path: { id }, query },
      });
      must(deleted);
      const { data: run } = deleted;
      if (!run) {
        if (options.json) sayJson({ connection_id: id, run_id: null });
        else say(`Connection "${site}" is deleted.`);
        return;
      }
      if (!options.json) say(`Run ${run.run_id} takes out what "${site}" loaded, and then the connection.`);
      await follow(session, run, { site, json: options.json });
    });
  });
