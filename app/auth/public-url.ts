/** Under which address a browser reaches this server, what that means for cookies, and which pages are its own. */
import type { Context } from 'hono';
import { isLoopback } from '../../jobs/fhir/http.ts';
import type { AppEnv } from '../app-env.ts';

/** PUBLIC_URL, else the address that the request names. */
export function publicUrl(c: Context<AppEnv>): URL {
  return new URL(c.var.services.config.signIn?.publicUrl ?? new URL(c.req.url).origin);
}

/** Whether cookies must travel by TLS only: everywhere but on this machine, where there may be none. */
export function needsTls({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || !isLoopback(hostname);
}

/**
 * Whether a browser sends the request from a page of this server. Programs, which send neither header, pass: what they
 * lack is the cookie. A sibling host ("same-site") is another server.
 */
export function comesFromOwnPage(c: Context<AppEnv>): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const origin = c.req.header('origin');
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  // Without PUBLIC_URL the scheme is unknown behind a proxy that ends TLS.
  const own = publicUrl(c);
  return c.var.services.config.signIn?.publicUrl === undefined
    ? new URL(origin).host === own.host
    : new URL(origin).origin === own.origin;
}
