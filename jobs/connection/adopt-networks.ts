/**
 * Connections that were made before there was a list of allowed networks go on reaching the servers that they reached,
 * and nothing more. At the first start that finds such a connection its hosts (of the FHIR server, the token endpoint,
 * token_hosts) are looked up, and those of their addresses that are not public are added to its list.
 */
import { isIP } from 'node:net';
import type { Logger } from 'pino';
import type { Sql, Tx } from '../../sql/connect.ts';
import { judge } from '../outbound/addresses.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { type Resolve, systemResolve, unbracketed } from '../outbound/reach.ts';
import type { Clock } from '../step/clock.ts';
import { SyncConfigSchema } from './sync-config-schema.ts';

interface Marked {
  readonly connection_id: number;
  readonly site_key: string;
  readonly fhir_base_url: string;
  readonly token_endpoint: string | null;
  readonly sync_config: unknown;
}

export interface Adopting {
  readonly sql: Sql;
  readonly log: Logger;
  readonly clock: Clock;
  readonly outbound: Pick<Outbound, 'isProxied'>;
  /** Adds to the record: record.ts, which stands beside this room. */
  readonly addToRecordInTx: (tx: Tx, event: Adopted) => Promise<void>;
  readonly resolve?: Resolve;
  /** Who the record names; the upgrade when left out. */
  readonly actor?: Adopter;
}

/** The event of a changed connection, as record/record.ts takes it. */
interface Adopted {
  readonly at: Date;
  readonly actor: Adopter;
  readonly action: string;
  readonly object: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

interface Adopter {
  readonly name: string;
  readonly role: string | null;
  readonly via: string;
  readonly address: string | null;
}

/** Nobody asked for it: the first start of a new version did. */
const UPGRADE: Adopter = { name: 'upgrade', role: null, via: 'worker', address: null };

/** Of a name service that does not answer. */
const LOOKUP_MS = 5000;

export async function adoptNetworks({
  sql,
  log,
  clock,
  outbound,
  addToRecordInTx,
  resolve = systemResolve,
  actor = UPGRADE,
}: Adopting): Promise<void> {
  const marked = await sql<Marked[]>`
    select connection_id, site_key, fhir_base_url, token_endpoint, sync_config
    from connection where networks_to_adopt order by connection_id`;
  await Promise.all(
    marked.map(async (connection) => {
      const { connection_id, site_key } = connection;
      // What the proxy looks up is allowed by its name.
      const hosts = hostsOf(connection).filter((host) => isIP(host) !== 0 || !outbound.isProxied(host));
      const found = await Promise.all(hosts.map((host) => addressesOf(host, resolve)));
      if (found.some((addresses) => addresses === undefined)) {
        log.warn(
          { site_key },
          'a host of the connection cannot be looked up, so its addresses are not known; the next start tries again',
        );
        return;
      }
      const judged = found.flatMap((addresses) => addresses ?? []).map(judge);
      const networks = judged
        .filter(({ standing }) => standing === 'by-permission')
        .map(({ address }) => address);
      const adopted = [...new Set(networks)];
      const before = networksOf(connection);
      const changed = await sql.begin(async (tx) => {
        const rows = await tx`
        update connection set networks_to_adopt = false,
          updated_at = case when ${adopted.length > 0} then ${clock()} else updated_at end,
          sync_config = case when ${adopted.length > 0}
            then jsonb_set(sync_config, '{allowed_networks}',
              coalesce(sync_config -> 'allowed_networks', '[]') || to_jsonb(${adopted}::text[]))
            else sync_config end
        where connection_id = ${connection_id} and networks_to_adopt returning connection_id`;
        if (rows.length > 0 && adopted.length > 0) {
          await addToRecordInTx(tx, {
            ...{
              at: clock(),
              actor,
              action: 'connection.update',
              object: `connection/${connection_id}`,
            },
            before: { 'sync_config.allowed_networks': before },
            after: { 'sync_config.allowed_networks': [...before, ...adopted] },
          });
        }
        return rows;
      });
      if (changed.length > 0 && adopted.length > 0)
        log.warn(
          { site_key, allowed_networks: adopted },
          'the connection reaches addresses that are not public; they are now in its sync_config.allowed_networks',
        );
    }),
  );
}

function networksOf({ sync_config }: Marked): readonly string[] {
  return SyncConfigSchema.safeParse(sync_config ?? {}).data?.allowed_networks ?? [];
}

function hostsOf({ fhir_base_url, token_endpoint, sync_config }: Marked): string[] {
  const tokenHosts = SyncConfigSchema.safeParse(sync_config ?? {}).data?.token_hosts ?? [];
  const urls = [fhir_base_url, token_endpoint, ...tokenHosts.map((host) => `https://${host}`)];
  const hosts = urls.flatMap((url) => (url && URL.canParse(url) ? [unbracketed(new URL(url).hostname)] : []));
  return [...new Set(hosts)];
}

/** undefined when the name service does not know the host now. */
function addressesOf(host: string, resolve: Resolve): Promise<readonly string[] | undefined> {
  if (isIP(host) !== 0) return Promise.resolve([host]);
  return new Promise((done) => {
    const timer = setTimeout(() => done(undefined), LOOKUP_MS);
    resolve(host, { all: true }, (error, found) => {
      clearTimeout(timer);
      done(error ? undefined : found.map(({ address }) => address));
    });
  });
}
