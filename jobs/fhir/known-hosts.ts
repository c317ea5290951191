/**
 * The hosts that an administrator has named for a connection, and what each may be given: the access token, the
 * credentials that are exchanged for one, or a visit by way of a proxy. What a server names by itself is none of these.
 */

import { identityOf, type StoredIdentity } from '../connection/client-certificate.ts';
import type { SyncConfig } from '../connection/sync-config.ts';
import type { Reach } from '../outbound/reach.ts';
import { isLoopback } from './http.ts';
import { vendorTokenHost } from './token/vendor-token-hosts.ts';

export interface Named extends StoredIdentity {
  readonly ehr_vendor: string;
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly config: Pick<SyncConfig, 'token_hosts' | 'allowed_networks' | 'allowed_hosts' | 'allow_http'>;
}

/** Whether the token may go to this URL: to the FHIR server's own origin, or to one that token_hosts names. */
export function mayHaveToken(
  { fhir_base_url, config }: Pick<Named, 'fhir_base_url' | 'config'>,
  url: URL,
): boolean {
  if (fhir_base_url && URL.canParse(fhir_base_url) && new URL(fhir_base_url).origin === url.origin)
    return true;
  return config.token_hosts.some((entry) => isOrigin(entry, url, config.allow_http));
}

/** An entry without a port means the one of https. In the clear only where http is allowed, and its port is named. */
function isOrigin(entry: string, url: URL, allowHttp: boolean): boolean {
  if (new URL(`https://${entry}`).origin === url.origin) return true;
  const mayBePlain = allowHttp || isLoopback(url.hostname);
  return mayBePlain && /:\d+$/.test(entry) && new URL(`http://${entry}`).origin === url.origin;
}

/**
 * Whether credentials may be sent to a token endpoint that the server names: on its own host, on one that token_hosts
 * names, or where its vendor has it.
 */
export function mayHaveCredentials(connection: Named, endpoint: URL): boolean {
  const base = new URL(connection.fhir_base_url ?? 'about:blank');
  if (base.hostname === endpoint.hostname) return true;
  return isOfVendor(connection, endpoint) || mayHaveToken(connection, endpoint);
}

function isOfVendor({ ehr_vendor, fhir_base_url }: Named, url: URL): boolean {
  const base = new URL(fhir_base_url ?? 'about:blank');
  return url.hostname === vendorTokenHost(ehr_vendor, base.hostname) && url.port === '';
}

/**
 * Whether the certificate of a connection is shown there: to the origins that an administrator has named, and where its
 * vendor has the token endpoint. A server that merely answers on another port of the same host is none of them.
 */
export function mayHaveCertificate(connection: Named, url: URL): boolean {
  if (url.protocol !== 'https:') return false;
  const { token_endpoint } = connection;
  if (token_endpoint && URL.canParse(token_endpoint) && new URL(token_endpoint).origin === url.origin)
    return true;
  return isOfVendor(connection, url) || mayHaveToken(connection, url);
}

export function reachOf(connection: Named): Reach {
  const { ehr_vendor, fhir_base_url, token_endpoint, config } = connection;
  const named = [fhir_base_url, token_endpoint].flatMap((text) =>
    text && URL.canParse(text) ? [new URL(text).hostname] : [],
  );
  const ofVendor = named.slice(0, 1).flatMap((base) => vendorTokenHost(ehr_vendor, base) ?? []);
  return {
    networks: config.allowed_networks,
    hosts: [...named, ...ofVendor, ...config.token_hosts, ...config.allowed_hosts],
    identity: identityOf(connection, (url) => mayHaveCertificate(connection, url)),
  };
}
