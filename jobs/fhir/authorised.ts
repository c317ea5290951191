/**
 * A request with the connection's token. A 401 means that the token died before its time: it is forgotten and the
 * request made once more with a fresh one (BULK-DATA: tokens live minutes, exports hours).
 */
import type { Connection } from '../connection.ts';
import type { TokenSource } from './access-token.ts';
import { type HttpOptions, send } from './http.ts';

export async function sendAuthorised(
  connection: Connection,
  tokens: TokenSource,
  url: string,
  init: { readonly method?: string; readonly headers: Record<string, string>; readonly body?: string },
  options: HttpOptions = {},
): Promise<Response> {
  const http = { ...options, allowHttp: connection.config.allow_http };
  const attempt = async () => {
    const { token } = await tokens.get();
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    return { token, response: await send(url, { ...init, headers }, http) };
  };
  const first = await attempt();
  if (first.response.status !== 401) return first.response;
  await first.response.body?.cancel();
  tokens.forget(first.token);
  return (await attempt()).response;
}
