/** `connections apply FILE`: lets connections be as a file says. Done twice, it changes nothing. */

import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../../../jobs/map/read/fhir.ts';
import { type ApiClient, must, type Schemas } from '../../../../openapi/client/index.ts';
import { changeConnection } from '../../change-connection.ts';
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
      const again = { secrets: options.secrets === true };
      const done: Done[] = [];
      for (const one of wanted) {
        const there = known.get(one.site_key);
        const change = options.dryRun ? changeOf(one, there, again) : await make(api, one, there, again);
        done.push(toldOf(one.site_key, change, options.dryRun === true));
      }
      if (options.json) return sayJson({ items: done });
      say(table(done.map(({ fields, ...row }) => ({ ...row, fields: fields.join(', ') }))));
    }),
  );

interface Done {
  readonly site: string;
  readonly outcome: string;
  readonly fields: readonly string[];
}

interface Change {
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly body: Schemas['UpdateConnection'];
}

const toldOf = (site: string, { outcome, body }: Change, dry: boolean): Done => ({
  ...{ site, outcome: dry ? `would be ${outcome}` : outcome, fields: Object.keys(body) },
});

interface Again {
  /** Secrets that are stored are entered again. */
  readonly secrets: boolean;
}

function changeOf(wanted: Described, there: Connection | undefined, again: Again): Change {
  if (!there) {
    const { site_key, settings, secrets } = wanted;
    return { outcome: 'created', body: { site_name: site_key, ...settings, ...secrets } };
  }
  const body = differenceOf(wanted, there, again);
  return { outcome: Object.keys(body).length > 0 ? 'changed' : 'unchanged', body };
}

function differenceOf(
  { settings, secrets }: Described,
  there: Connection,
  again: Again,
): Record<string, unknown> {
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
  return body;
}

/** Whether a secret is stored, which never comes out again. */
const HAS: Readonly<Record<string, (one: Connection) => boolean>> = {
  private_key_pem: (one) => one.has_private_key,
  client_secret: (one) => one.has_client_secret,
  client_certificate_pem: (one) => one.client_certificate_expires_at !== null,
  client_certificate_key_pem: (one) => one.client_certificate_expires_at !== null,
};

async function make(
  api: ApiClient,
  wanted: Described,
  there: Connection | undefined,
  again: Again,
): Promise<Change> {
  let change = changeOf(wanted, there, again);
  if (there) {
    // As it is by now: only that is what the difference is of.
    await changeConnection(api, there.connection_id, (now) => {
      change = changeOf(wanted, now, again);
      return change.body;
    });
  } else {
    const body = { site_name: wanted.site_key, ...change.body, site_key: wanted.site_key };
    must(await api.POST('/api/v1/admin/fhir-connections', { body }));
  }
  return change;
}
