/**
 * A request with the connection's token, to the FHIR server's own host or one that the connection allows: URLs that a
 * server names (status, next pages) are not trusted with it. A 401 means that the token died before its time, since
 * tokens live minutes and exports hours: it is forgotten and the request made once more with a fresh one.
 */
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import { ehrHttp } from './ehr-http.ts';
import { type HttpOptions, send } from './http.ts';
import { mayHaveToken } from './known-hosts.ts';
import { namedUrl } from './named-url.ts';
import type { TokenSource } from './token/access-token.ts';

export interface AuthorisedOptions
  extends Pick<HttpOptions, 'outbound' | 'timeoutMs' | 'signal' | 'onlyOnce'> {
  /** What is asked for, as the subject of a sentence. */
  readonly what: string;
}

export async function sendAuthorised(
  connection: Connection,
  tokens: TokenSource,
  url: string,
  init: { readonly method?: string; readonly headers: Record<string, string>; readonly body?: string },
  options: AuthorisedOptions,
): Promise<Response> {
  const target = namedUrl(connection, url, options.what);
  if (!mayHaveToken(connection, target)) {
    throw syncError('token-host-foreign', { what: options.what, host: target.host });
  }
  const http = ehrHttp(options.outbound, connection, options);
  const attempt = async () => {
    const { token } = await tokens.get();
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    return { token, response: await send(target.href, { ...init, headers }, http) };
  };
  const first = await attempt();
  if (first.response.status !== 401) return first.response;
  await first.response.body?.cancel();
  tokens.forget(first.token);
  return (await attempt()).response;
}
