/** `vocabulary index`: builds what the search reads, where a load has not. */
import { withLocal } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { ended, machineVerb } from '../../verb.ts';

export const index = machineVerb('index', 'Build what the search needs, where a load has not.', [
  'vocabulary index',
]).action((options) =>
  withLocal(async ({ engine: { deps } }) => {
    const { buildSearch } = await import('../../../../jobs/vocabulary/search/search-index.ts');
    const { ownerOf } = await import('../../../../jobs/step/deps.ts');
    const { builtText } = await import('../../vocabulary.ts');
    const built = await buildSearch({ sql: ownerOf(deps), clock: deps.clock, log: deps.log });
    if (options.json) sayJson(built);
    else say(builtText(built));
    ended(built.state === 'built' || built.state === 'there');
  }),
);
