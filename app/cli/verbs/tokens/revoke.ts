/** `tokens revoke ID`: the token is refused from now on. */
import { must } from '../../../../openapi/client/index.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb, whole } from '../../verb.ts';

export const revoke = verb('revoke', 'Refuse a token from now on.', ['tokens revoke 3'])
  .argument('<id>', 'number of the token', whole)
  .action((tid, options) =>
    withApi(options, async (api) => {
      const data = must(await api.DELETE('/api/v1/admin/tokens/{tid}', { params: { path: { tid } } }));
      if (options.json) return sayJson(data);
      say(`Token ${data.token_id} (${data.prefix}…, ${data.note}) is refused from now on.`);
    }),
  );
