/** `approvals`: what waits for a second person, and what became of the others. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const list = verb(
  'list',
  'What waits for a second person (REQUIRE_SECOND_PERSON), and what became of the others.',
  ['approvals'],
).action((options) =>
  withApi(options, async (api) => {
    const data = must(await api.GET('/api/v1/admin/approvals', { params: { query: { limit: 100 } } }));
    if (options.json) return sayJson(data);
    say(
      table(
        data.items.map((one) => ({
          ...{ approval: one.approval_id, state: one.state, operation: one.operation, object: one.object },
          ...{ asked_by: one.requested_by, until: one.expires_at.slice(0, 16), decided_by: one.decided_by },
          result: one.result,
        })),
      ),
    );
  }),
);
