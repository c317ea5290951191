/** `connections`: the connections to EHRs. */
import { allConnections } from '../../connection-of.ts';
import { connectionRow } from '../../connection-row.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const list = verb('list', 'The connections to EHRs.', [
  'connections',
  'connections list --json',
]).action((options) =>
  withApi(options, async (api) => {
    const items = await allConnections(api);
    if (options.json) return sayJson({ items, next_cursor: null, next: null });
    say(table(items.map(connectionRow)));
  }),
);
