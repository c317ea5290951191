/** What the doctor says of each connection: how it is doing, why, and the command that helps. */

import type { Sql } from '../../sql/connect.ts';
import { noun } from '../../sql/noun.ts';
import { WARNED_DAYS } from '../connection/client-certificate.ts';
import type { Health, Reason } from '../connection/health.ts';
import type { Keyring } from '../connection/keyring.ts';
import { SEALED, unseal } from '../connection/secrets.ts';
import { urlFaults } from '../connection/url-faults.ts';
import { sentence } from '../step/sentence.ts';
import type { Finding } from './finding.ts';
import { type LastRun, waysOn } from './retry-run.ts';

interface Connection {
  readonly connection_id: number;
  readonly site_key: string;
  readonly health: Health;
  readonly reasons: readonly Reason[];
  readonly last_status: string | null;
  readonly last_sync_at: Date | null;
  readonly last: LastRun | null;
  readonly live_run_id: number | null;
  readonly failures: number;
  readonly parked: number;
  readonly coverage: number | null;
  readonly has_server: boolean;
  readonly notices: readonly string[];
  readonly private_key_sealed: string | null;
  readonly client_secret_sealed: string | null;
  readonly client_certificate_key_sealed: string | null;
  /** Days until the client certificate expires; null without one. */
  readonly certificate_days: number | null;
  /** Of the key made here that signs. */
  readonly signing_key_sealed: string | null;
  readonly credentials_cleared: string | null;
  readonly client_certificate_cleared: string | null;
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly jwks_url: string | null;
}

export async function* connectionsOf(sql: Sql, keyring: Keyring | undefined): AsyncGenerator<Finding> {
  const connections = await sql<Connection[]>`
    select h.connection_id, h.site_key, h.health, h.reasons, h.last_status, h.last_sync_at, h.live_run_id,
      h.records_failed_open as failures, h.parked_open as parked, h.mapping_coverage as coverage,
      c.fhir_base_url is not null as has_server,
      (select jsonb_build_object('kind', kind, 'error_code', error_code) from run where run_id = h.last_run_id) as last,
      array(
        select format('%s%s: %s', n.code, case when n.subject <> '' then ' (' || n.subject || ')' else '' end, n.message)
        from run_notice n where n.run_id = coalesce(h.live_run_id, h.last_run_id)
          and not exists (
            select from jsonb_array_elements(h.reasons) r
            where r ->> 'code' = n.code and r ->> 'subject' = n.subject
          )
        order by n.code, n.subject limit 5
      ) as notices,
      c.private_key_sealed, c.client_secret_sealed, c.client_certificate_key_sealed, c.credentials_cleared, c.client_certificate_cleared, c.fhir_base_url, c.token_endpoint, c.jwks_url,
      floor(extract(epoch from c.client_certificate_expires_at - now()) / 86400)::int as certificate_days,
      (select k.private_key_sealed from connection_key k where k.connection_id = c.connection_id
       and k.signs_from is not null and k.published_until is null) as signing_key_sealed
    from connection_health h join connection c using (connection_id)
    order by h.site_key`;
  if (connections.length === 0) {
    yield { state: 'advice', what: 'connections', found: 'none yet', todo: 'Create one through the API.' };
  }
  for (const connection of connections) yield await connectionOf(connection, keyring);
}

async function connectionOf(connection: Connection, keyring: Keyring | undefined): Promise<Finding> {
  const { site_key, health, reasons, notices } = connection;
  const found = [health, ...figures(connection)].join(', ');
  if (keyring && !(await opens(keyring, connection))) {
    return {
      ...{ state: 'wrong', what: site_key, found: `${found}; its secrets were sealed with another key` },
      todo: 'Add that key to ENCRYPTION_KEYS_OLD, or enter the secrets again.',
    };
  }
  const [fault] = urlFaults(connection);
  if (fault) {
    return {
      ...{ state: 'wrong', what: site_key, found: `${found}; ${fault.path}: ${fault.message}` },
      todo: `Set ${fault.path} anew (PUT …/fhir-connections/${connection.connection_id}), and have the secret changed at the EHR.`,
    };
  }
  const { credentials_cleared: settings } = connection;
  if (settings !== null) {
    return {
      ...{
        state: 'wrong',
        what: site_key,
        found: `${found}; its credentials were cleared when ${settings} changed`,
      },
      todo: `Enter them again, or make a key: npm run cli -- keys create --connection ${site_key}`,
    };
  }
  const { client_certificate_cleared: changed } = connection;
  if (changed !== null) {
    return {
      ...{ state: 'wrong', what: site_key },
      found: `${found}; its client certificate was cleared when ${changed} changed`,
      todo: `Enter it again: npm run cli -- keys certificate --connection ${site_key} --certificate FILE --key FILE; where none is needed, set client_certificate_pem to null.`,
    };
  }
  const { certificate_days: days } = connection;
  if (days !== null && days <= WARNED_DAYS) {
    return {
      ...{ state: days < 0 ? 'wrong' : 'advice', what: site_key },
      found: `${found}; its client certificate ${days < 0 ? 'has expired' : `expires in ${days} ${noun(days, 'day')}`}`,
      todo: `Enter the next one: npm run cli -- keys certificate --connection ${site_key} --certificate FILE --key FILE`,
    };
  }
  const details = [
    ...reasons.map(({ message, todo }) => (todo ? `${sentence(message)} ${todo}` : message)),
    ...notices,
  ];
  return { state: stateOf(connection), what: site_key, found, todo: todoOf(connection), details };
}

function figures(connection: Connection): string[] {
  const { last_status, last_sync_at, failures, parked, coverage } = connection;
  return [
    last_status &&
      `last run ${last_status} ${last_sync_at?.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    failures > 0 && `${failures} ${noun(failures, 'failure')} open`,
    parked > 0 && `${parked} parked`,
    coverage !== null && `${(100 - coverage).toFixed(1)} % of its resources with an unmapped code`,
  ].filter((said) => typeof said === 'string');
}

/** A person who switched it off knows; all else that keeps syncs from being completed is to be mended. */
function stateOf({ health, reasons, failures }: Connection): Finding['state'] {
  if (health === 'healthy') return failures > 0 ? 'advice' : 'well';
  if (health === 'degraded' || health === 'never-synced') return 'advice';
  return reasons[0]?.code === 'switched-off' ? 'advice' : 'wrong';
}

function todoOf(connection: Connection): string | undefined {
  const { site_key, health, last, last_status, live_run_id, has_server, failures } = connection;
  const start = has_server
    ? `npm run cli -- sync ${site_key}`
    : `npm run cli -- import DIR --site ${site_key}`;
  if (live_run_id !== null) return undefined;
  if (health === 'never-synced') return start;
  if (last && last_status === 'failed')
    return `Then: ${waysOn(last) === 'retry' ? `npm run cli -- retry ${site_key}` : start}`;
  if (health === 'silent') return start;
  return health === 'healthy' && failures > 0 ? 'select * from ehr_sync.failures' : undefined;
}

function sealedIn(place: (typeof SEALED)[number], connection: Connection): string | null {
  if (place.table === 'connection') return connection[place.column];
  return place.table === 'connection_key' ? connection.signing_key_sealed : null;
}

async function opens(keyring: Keyring, connection: Connection): Promise<boolean> {
  for (const place of SEALED) {
    const sealed = sealedIn(place, connection);
    if (sealed === null) continue;
    try {
      await unseal(keyring, { ...place, connection: connection.connection_id }, sealed);
    } catch {
      return false;
    }
  }
  return true;
}
