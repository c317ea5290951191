/** `alerts`: what a person should know of connections and of the installation. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const list = verb('list', 'What is open, of connections and of the installation.', ['alerts']).action(
  (options) =>
    withApi(options, async (api) => {
      const query = { state: ['open' as const], limit: 100 };
      const data = must(await api.GET('/api/v1/admin/alerts', { params: { query } }));
      if (options.json) return sayJson(data);
      say(
        table(
          data.items.map((one) => ({
            ...{ alert: one.alert_id, site: one.site_key ?? '(all)', kind: one.kind, times: one.times },
            ...{ last: new Date(one.last_at), message: one.message },
          })),
        ),
      );
    }),
);
