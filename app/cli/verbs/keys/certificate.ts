/** `keys certificate`: the certificate that is shown to servers that ask for one (mTLS), from files, or none. */
import { readFileSync } from 'node:fs';
import { must, type Schemas } from '../../../../openapi/client/index.ts';
import { readPrivate } from '../../../../sql/private-file.ts';
import { connectionOf } from '../../connection-of.ts';
import { NotUnderstood } from '../../not-understood.ts';
import { withApi } from '../../session.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

export const certificate = verb(
  'certificate',
  'The certificate that is shown to the servers of a connection, if they ask for one (mTLS).',
  [
    'keys certificate --connection memorial --certificate client.pem --key client.key',
    'keys certificate --connection memorial --remove',
  ],
)
  .requiredOption('--connection <site>', 'site key of the connection')
  .option('--certificate <file>', 'in PEM, those between it and its authority behind it')
  .option('--key <file>', 'its private key in PEM; open to you alone')
  .option('--remove', 'show none any more')
  .action((options) =>
    withApi(options, async (api) => {
      const { connection: site, certificate: file, key, remove = false } = options;
      if (remove === (file !== undefined || key !== undefined) || !file !== !key)
        throw new NotUnderstood('keys certificate: expected --certificate FILE --key FILE, or --remove.');
      const body: Schemas['UpdateConnection'] = {
        client_certificate_pem: file ? readFileSync(file, 'utf8') : null,
        client_certificate_key_pem: key ? readPrivate(key) : null,
      };
      const { connection_id: id } = await connectionOf(api, site);
      const params = { path: { id } };
      const changed = must(await api.PUT('/api/v1/admin/fhir-connections/{id}', { params, body }));
      if (options.json) return sayJson(changed);
      const { client_certificate_expires_at: end } = changed;
      say(end ? `Stored. It expires at ${end}.` : 'There is none any more.');
    }),
  );
