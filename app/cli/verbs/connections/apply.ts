/** `connections apply FILE`: lets connections be as a file says. Done twice, it changes nothing. */

import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../../../jobs/map/read/fhir.ts';
import type { ApiClient, Schemas } from '../../../../openapi/client/index.ts';
import { answered } from '../../answered.ts';
import { type Described, readConnections } from '../../connection-file.ts';
import { allConnections } from '../../connection-of.ts';
import { merged } from '../../connection-settings.ts';
import { withApi } from '../../session.ts';
import { table } from '../../table.ts';
import { say, sayJson } from '../../terminal.ts';
import { verb } from '../../verb.ts';

type Connection = Schemas['Connection'];

export const apply = verb(
  'apply',
  'Let connections be as a file says (JSON or YAML); what it does not name stays, and twice is as once.',
  [
    'connections apply connections.yaml --dry-run',
    'connections apply connections.yaml',
    'connections apply - --secrets',
  ],
)
  .argument(
    '<file>',
    'one connection or several, with the fields of the API and private_key_file, client_secret_file for secrets; - for standard input',
  )
  .option('--dry-run', 'only say what would change')
  .option('--secrets', 'enter secrets again where they are stored already')
  .action((file, options) =>
    withApi(options, async (api) => {
      const wanted = readConnections(file);
      const known = new Map((await allConnections(api)).map((one) => [one.site_key, one]));
      const changes = wanted.map((one) =>
        changeOf(one, known.get(one.site_key), { secrets: options.secrets === true }),
      );
      if (!options.dryRun) for (const change of changes) await make(api, change);
      const done = changes.map(({ site_key, outcome, body }) => ({
        ...{ site: site_key, outcome: options.dryRun ? `would be ${outcome}` : outcome },
        fields: Object.keys(body),
      }));
      if (options.json) return sayJson({ items: done });
      say(table(done.map(({ fields, ...row }) => ({ ...row, fields: fields.join(', ') }))));
    }),
  );

interface Change {
  readonly site_key: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly connection_id: number | undefined;
  readonly body: Schemas['UpdateConnection'];
}

function changeOf(
  { site_key, settings, secrets }: Described,
  there: Connection | undefined,
  again: { readonly secrets: boolean },
): Change {
  if (!there) {
    const body = { site_name: site_key, ...settings, ...secrets };
    return { site_key, outcome: 'created', connection_id: undefined, body };
  }
  const { connection_id } = there;
  const current = new Map<string, unknown>(Object.entries(there));
  const body: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(settings)) {
    const next = field === 'sync_config' && isObject(value) ? merged(there.sync_config, value) : value;
    if (value === null && field in HAS && !HAS[field]?.(there)) continue;
    if (!isDeepStrictEqual(current.get(field), next)) body[field] = next;
  }
  // A change of where credentials go clears them, unless they come with it.
  const isSent = again.secrets || Object.keys(body).length > 0;
  for (const [field, value] of Object.entries(secrets)) {
    if (isSent || !HAS[field]?.(there)) body[field] = value;
  }
  const outcome = Object.keys(body).length > 0 ? 'changed' : 'unchanged';
  return { site_key, outcome, connection_id, body };
}

/** Whether a secret is stored, which never comes out again. */
const HAS: Readonly<Record<string, (one: Connection) => boolean>> = {
  private_key_pem: (one) => one.has_private_key,
  client_secret: (one) => one.has_client_secret,
  client_certificate_pem: (one) => one.client_certificate_expires_at !== null,
  client_certificate_key_pem: (one) => one.client_certificate_expires_at !== null,
};

async function make(api: ApiClient, { site_key, outcome, connection_id: id, body }: Change): Promise<void> {
  if (outcome === 'unchanged') return;
  if (id === undefined) {
    const whole = { site_name: site_key, ...body, site_key };
    answered(await api.POST('/api/v1/admin/fhir-connections', { body: whole }));
    return;
  }
  answered(await api.PUT('/api/v1/admin/fhir-connections/{id}', { params: { path: { id } }, body }));
}
