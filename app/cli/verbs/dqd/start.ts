/** `dqd start`: has workers make a pass of the Data Quality Dashboard's checks. */
import { must } from '../../../../openapi/client/index.ts';
import { whoWorks } from '../../follow.ts';
import { followPass } from '../../follow-pass.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, verb, watchOption } from '../../verb.ts';

export const start = verb(
  'start',
  'Have workers make a pass of the checks, table by table. The exit code is 0 once it has results, whatever fails.',
  ['dqd start --watch', 'dqd start --server https://omop.example.org --watch'],
)
  .addOption(watchOption())
  .action((options) =>
    withApi(
      options,
      async (api, session) => {
        const { watch, json } = options;
        const started = must(await api.POST('/api/v1/admin/quality/dqd/passes', {}));
        const { dqd_run_id } = started;
        if (!json) say(`Pass ${dqd_run_id} is queued.`);
        if (watch) return ended(await followPass(session, dqd_run_id, { json }));
        if (json) return sayJson(started);
        say(await whoWorks(api, `dqd watch ${dqd_run_id}`));
      },
      { withWorkers: options.watch === true },
    ),
  );
