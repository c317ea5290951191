/** `ask-again SITE`: what the EHR refused when it was asked for it is asked for again by the next sync. */
import { must } from '../../../openapi/client/index.ts';
import { noun } from '../../../sql/noun.ts';
import { connectionOf } from '../connection-of.ts';
import { withApi } from '../session.ts';
import { say, sayJson } from '../terminal.ts';
import { verb } from '../verb.ts';

export const askAgain = verb(
  'ask-again',
  'Ask again for what the EHR refused when it was asked for what its exports leave out.',
  ['ask-again memorial --type Medication'],
)
  .argument('<site>', 'site key of the connection')
  .option('--type <type>', 'only resources of this type')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { connection_id: id } = await connectionOf(api, site);
      const body = options.type ? { resource_type: options.type } : {};
      const data = must(
        await api.POST('/api/v1/admin/fhir-connections/{id}/ask-again', { params: { path: { id } }, body }),
      );
      if (options.json) return sayJson(data);
      say(`The next sync of "${site}" asks for ${data.resources} ${noun(data.resources, 'resource')} again.`);
    }),
  );
