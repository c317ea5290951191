/** `audit list`: who did what, newest first. */

import { Option } from '@commander-js/extra-typings';
import { must } from '../../../../openapi/client/index.ts';
import { AUDIT_OPTIONS, auditQuery } from '../../audit-filter.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { upTo, verb } from '../../verb.ts';

export const list = verb('list', 'Who did what, newest first.', [
  'audit list --action credential.refuse --since 2026-11-01T00:00:00Z',
])
  .option(...AUDIT_OPTIONS.actor)
  .option(...AUDIT_OPTIONS.action)
  .option(...AUDIT_OPTIONS.object)
  .option(...AUDIT_OPTIONS.since)
  .option(...AUDIT_OPTIONS.until)
  .addOption(new Option('--limit <n>', 'how many').argParser(upTo(500)).default(50))
  .action((options) =>
    withApi(options, async (api) => {
      const query = { ...auditQuery(options), limit: options.limit };
      const data = must(await api.GET('/api/v1/admin/audit', { params: { query } }));
      if (options.json) return sayJson(data);
      say(
        table(
          data.items.map((one) => ({
            ...{ at: one.at.slice(0, 19), actor: one.actor, via: one.via, action: one.action },
            ...{ object: one.object, outcome: one.outcome },
            seal: one.seal_no === null ? '' : String(one.seal_no),
          })),
        ),
      );
      if (data.next_cursor) say('\nThere are more: --limit, --since, --until, or audit export.');
    }),
  );
