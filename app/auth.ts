/**
 * Authentication of the admin API: who may call it, and under which name the audit records them.
 *
 * With ADMIN_TOKEN set, callers need it as a bearer token. Without it the server listens only on loopback
 * (config.ts sees to that), and anyone on this machine may call. A web page in this machine's browser could
 * call too, so requests that a browser sends on behalf of another site, or under another host name (DNS
 * rebinding), are refused.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { isLoopback } from '../jobs/fhir/http.ts';
import type { AppEnv } from './app-env.ts';
import { NOBODY } from './caller.ts';
import { problem } from './problems.ts';

export const authenticate: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { adminToken } = c.var.services.config;
  if (adminToken === undefined) {
    refuseForeignPages(new URL(c.req.url).hostname, c.req.header('sec-fetch-site'), c.req.header('origin'));
    c.set('caller', { ...NOBODY, name: 'local', role: 'admin' });
  } else {
    if (!holdsBearer(c.req.header('authorization'), adminToken)) {
      throw problem(
        'unauthorized',
        'Expected "Authorization: Bearer <ADMIN_TOKEN>" with the token of this server.',
        {
          headers: { 'www-authenticate': 'Bearer realm="admin"' },
        },
      );
    }
    c.set('caller', { ...NOBODY, name: 'admin', role: 'admin', via: 'admin-token' });
  }
  await next();
};

function refuseForeignPages(
  hostname: string,
  fetchSite: string | undefined,
  origin: string | undefined,
): void {
  const foreignOrigin =
    origin !== undefined && !(URL.canParse(origin) && isLoopback(new URL(origin).hostname));
  const foreignSite = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
  if (!isLoopback(hostname) || foreignOrigin || foreignSite) {
    throw problem(
      'forbidden',
      'This server has no ADMIN_TOKEN and answers only callers on its own machine. Set ADMIN_TOKEN to open it.',
    );
  }
}

/** Whether the header `Authorization: Bearer …` holds this secret. */
export function holdsBearer(authorization: string | undefined, secret: string): boolean {
  const given = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && sameText(given, secret);
}

/** Compares in constant time, so that the time taken does not reveal where the texts differ. */
function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
