/** `tokens list`: who has what, and when it was last used. */
import { must } from '../../../../openapi/client/index.ts';
import { namesOfConnections } from '../../connection-of.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const list = verb('list', 'The tokens that there are, and when each was last used.', [
  'tokens list',
]).action((options) =>
  withApi(options, async (api) => {
    const data = must(await api.GET('/api/v1/admin/tokens', { params: { query: { limit: 500 } } }));
    if (options.json) return sayJson(data);
    const now = new Date().toISOString();
    const names = await namesOfConnections(api);
    say(
      table(
        data.items.map((one) => ({
          ...{ token: one.token_id, prefix: `${one.prefix}…`, role: one.role },
          connections: one.connections?.map((id) => names.get(id) ?? id).join(', ') ?? 'all',
          state: one.revoked_at
            ? 'revoked'
            : one.expires_at && one.expires_at <= now
              ? 'expired'
              : 'in force',
          ...{ expires: one.expires_at?.slice(0, 10), last_used: one.last_used_at?.slice(0, 16) },
          ...{ made_by: one.created_by, note: one.note },
        })),
      ),
    );
  }),
);
