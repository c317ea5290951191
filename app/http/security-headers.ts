/**
 * Headers that keep browsers and caches in check. An operation that answers with a page sets its own
 * Content-Security-Policy, which is then left as it is.
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';

const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-permitted-cross-domain-policies': 'none',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

const ONE_YEAR = 31_536_000;

export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(ALWAYS)) {
    if (!c.res.headers.has(name)) c.header(name, value);
  }
  // Said over plain http it would be ignored, and behind http it would shut the server out.
  if (c.var.secure) c.header('strict-transport-security', `max-age=${ONE_YEAR}; includeSubDomains`);
};
