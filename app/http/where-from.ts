/**
 * Notes where a request came from, and refuses what was sent to another name or by a page of another site. Cookies and
 * private networks make such requests dangerous, whoever is recognised afterwards. There are no CORS headers: pages of
 * other sites cannot read an answer.
 */
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { problem } from '../problems.ts';
import { isOurName, isOurOrigin } from './names.ts';
import { originOf } from './proxies.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_SITE = new Set(['same-origin', 'none']);

export const whereFrom: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { config } = c.var.services;
  const socket = c.env?.incoming?.socket;
  const peer = { address: socket?.remoteAddress ?? null, secure: socket?.encrypted === true };
  const { address, secure, hosts } = originOf(
    peer,
    (name) => c.req.header(name),
    config.trustedProxies ?? [],
  );
  // A request may name its host twice, also in its first line (RFC 9112, 3.2.2), and addresses are made from that one.
  const names = [...hosts, new URL(c.req.url).host];
  // Behind a proxy that is not named, the address is the proxy's, and says nothing of who asks.
  const unnamed = config.behindProxy === true && (config.trustedProxies ?? []).length === 0;
  c.set('address', unnamed ? null : address);
  c.set('secure', secure);
  if (!names.every((host) => isOurName(host, config.names ?? NONE))) {
    throw problem(
      'host-refused',
      'The request is for a name that is not this server. If it is, set PUBLIC_URL or ALLOWED_HOSTS.',
    );
  }
  refuseForeignPages(c, names);
  await next();
};

const NONE: ReadonlySet<string> = new Set();

/** What changes something must not be sent by a page of another site. */
function refuseForeignPages(c: Context<AppEnv>, hosts: readonly string[]): void {
  if (READS.has(c.req.method)) return;
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const foreign =
    (site !== undefined && !OWN_SITE.has(site)) ||
    (origin !== undefined && !isOurOrigin(origin, hosts, c.var.services.config.signIn?.publicUrl));
  if (foreign) {
    throw problem('forbidden', 'A page of another site sent this. Such requests may only read.');
  }
}
