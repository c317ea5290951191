/** `dqd watch PASS`: follows a pass, whoever works on it. */
import { followPass } from '../../follow-pass.ts';
import { withApi } from '../../session.ts';
import { ended, verb, whole } from '../../verb.ts';

export const watch = verb('watch', 'Follow a pass of the checks until it ends; tell of one that has ended.', [
  'dqd watch 7',
])
  .argument('<pass>', 'number of the pass', whole)
  .action((pass, options) =>
    // Others work on it: here it is only looked at.
    withApi(options, async (_, session) =>
      ended(await followPass({ ...session, local: undefined }, pass, options)),
    ),
  );
