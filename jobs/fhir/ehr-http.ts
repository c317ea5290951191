/** How a connection's server is asked: by which client, how far it may reach, and whether in the clear. */
import type { Outbound } from '../outbound/outbound.ts';
import type { HttpOptions } from './http.ts';
import { type Named, reachOf } from './known-hosts.ts';

export function ehrHttp(
  outbound: Outbound,
  connection: Named,
  more: Pick<HttpOptions, 'timeoutMs' | 'signal' | 'onlyOnce'> = {},
): HttpOptions {
  return { ...more, outbound, reach: reachOf(connection), allowHttp: connection.config.allow_http };
}
