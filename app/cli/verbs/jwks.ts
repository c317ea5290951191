/** `jwks SITE`: the public keys of a connection as a JWK Set, to register at the EHR or to publish at jwks_url. */
import { must } from '../../../openapi/client/index.ts';
import { connectionOf } from '../connection-of.ts';
import { Refused } from '../refused.ts';
import { withApi } from '../session.ts';
import { sayJson } from '../terminal.ts';
import { verb } from '../verb.ts';

export const jwks = verb('jwks', 'The public keys of a connection as a JWK Set, to register at the EHR.', [
  'jwks memorial > jwks.json',
])
  .argument('<site>', 'site key of the connection')
  .action((site, options) =>
    withApi(options, async (api) => {
      const { connection_id: id } = await connectionOf(api, site);
      const found = await api.GET('/.well-known/jwks/{id}', { params: { path: { id } } });
      if (found.response.status === 404 || found.data?.keys.length === 0) {
        throw new Refused(
          'key-missing',
          `Connection "${site}" has no key. Make one (npm run cli -- keys create --connection ${site}), or enter one ` +
            '(private_key_pem).',
        );
      }
      sayJson(must(found));
    }),
  );
