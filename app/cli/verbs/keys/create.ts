/** `keys create`: makes a key pair here, whose private half never leaves. */
import { Option } from '@commander-js/extra-typings';
import { must, type Schemas } from '../../../../openapi/client/index.ts';
import { connectionOf } from '../../connection-of.ts';
import { sayKeys } from '../../keys-of.ts';
import { withApi } from '../../session.ts';
import { verb } from '../../verb.ts';

export const create = verb(
  'create',
  'Make a key pair here: it signs at once, or next where the connection has a key.',
  ['keys create --connection memorial', 'keys create --connection memorial --algorithm RS384 --bits 4096'],
)
  .requiredOption('--connection <site>', 'site key of the connection')
  .addOption(
    new Option('--algorithm <name>', 'what it signs with')
      .choices(['ES384', 'RS384'] as const)
      .default('ES384' as const),
  )
  .addOption(new Option('--bits <n>', 'length of an RSA key').choices(['3072', '4096'] as const))
  .action((options) =>
    withApi(options, async (api) => {
      const { connection: site, algorithm, bits } = options;
      const { connection_id: id } = await connectionOf(api, site);
      const body: Schemas['CreateConnectionKey'] = { algorithm };
      if (bits !== undefined) body.bits = bits === '4096' ? 4096 : 3072;
      const params = { path: { id } };
      const keys = must(await api.POST('/api/v1/admin/fhir-connections/{id}/keys', { params, body }));
      await sayKeys({ api, id, site }, keys, options);
    }),
  );
