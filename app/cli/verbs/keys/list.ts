/** `keys list`: the key pairs of a connection. */
import { must } from '../../../../openapi/client/index.ts';
import { connectionOf } from '../../connection-of.ts';
import { sayKeys } from '../../keys-of.ts';
import { withApi } from '../../session.ts';
import { verb } from '../../verb.ts';

export const list = verb('list', 'The key pairs of a connection.', ['keys list --connection memorial'])
  .requiredOption('--connection <site>', 'site key of the connection')
  .action((options) =>
    withApi(options, async (api) => {
      const { connection: site } = options;
      const { connection_id: id } = await connectionOf(api, site);
      const params = { path: { id } };
      const keys = must(await api.GET('/api/v1/admin/fhir-connections/{id}/keys', { params }));
      await sayKeys({ api, id, site }, keys, options);
    }),
  );
