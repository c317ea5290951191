/** `watch SITE`: follows the live run of a connection, whoever works on it. */
import { hasEnded } from '../../../jobs/step/run-status.ts';
import { watched, whoWorks } from '../follow.ts';
import { lastRunOf } from '../last-run.ts';
import { report } from '../report.ts';
import { withApi } from '../session.ts';
import { complain, sayJson } from '../terminal.ts';
import { ended, verb } from '../verb.ts';
import { watchRun } from '../watch.ts';

export const watch = verb(
  'watch',
  'Follow the live run of a connection until it ends; where none is live, tell of the last.',
  ['watch memorial'],
)
  .argument('<site>', 'site key of the connection')
  .action(async (site, options) => {
    await withApi(options, async (api, session) => {
      const last = await lastRunOf(api, site);
      if (!hasEnded(last.status)) complain(await whoWorks(api));
      // Others work on it: here it is only looked at.
      const finished = await watched(
        { ...session, local: undefined },
        { again: `watch ${site}`, json: options.json },
        (watching) => watchRun(api, last, watching),
      );
      if (finished === undefined) return;
      if (options.json) sayJson(finished);
      else await report(api, finished);
      ended(finished.status === 'completed');
    });
  });
