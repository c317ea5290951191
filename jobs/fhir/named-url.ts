/**
 * A URL that a server names: of its status, a page of its manifest, a file, or where one of them redirects. Neither
 * tokens nor data go over http. A server behind a proxy that ends TLS often names itself with http, though: what is on
 * a host that the connection knows is asked for by https (FHIR R4, http.html, "Identity": the scheme makes no other
 * server of it).
 */
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import { isLoopback } from './http.ts';

interface Known {
  readonly fhir_base_url: string | null;
  readonly config: Pick<Connection['config'], 'allow_http' | 'token_hosts'>;
}

/** `what` it is the address of, as the subject of a sentence: "The status of the export". */
export function namedUrl(connection: Known, text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw syncError('named-url-invalid', { what, found: 'something else' });
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw syncError('named-url-not-http', { what, scheme: url.protocol.slice(0, 20) });
  if (url.username || url.password)
    throw syncError('named-url-invalid', { what, found: `one for ${url.host} that holds them` });
  if (url.protocol === 'https:') return url;
  const mayBePlain = connection.config.allow_http || isLoopback(url.hostname);
  const secure = byHttps(connection, url, mayBePlain ? [] : connection.config.token_hosts);
  if (secure) return secure;
  if (mayBePlain) return url;
  throw syncError('named-url-insecure', { what, host: url.host });
}

/** The same by https, on a host that the connection reaches by https; a port is known when it is the same or none. */
function byHttps({ fhir_base_url }: Known, url: URL, tokenHosts: readonly string[]): URL | undefined {
  const base = fhir_base_url && URL.canParse(fhir_base_url) ? new URL(fhir_base_url) : undefined;
  const known = [...(base?.protocol === 'https:' ? [base.host] : []), ...tokenHosts];
  const hosts = known.map((host) => new URL(`https://${host}`));
  const found = hosts.find(
    ({ hostname, port }) =>
      hostname === url.hostname && (url.port === '' || url.port === (port === '' ? '443' : port)),
  );
  if (!found) return undefined;
  const secure = new URL(url);
  secure.protocol = 'https:';
  secure.port = found.port;
  return secure;
}
