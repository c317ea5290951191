/**
 * The two cookies. The one of a sign-in under way comes along when the identity provider sends the browser back (Lax);
 * the session's only with requests from our own pages (Strict). Off this machine both bear the prefix `__Host-`, so that
 * no neighbouring host can plant one.
 */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AppEnv } from '../app-env.ts';
import { HANDSHAKE_MS } from './handshake.ts';
import { needsTls, publicUrl } from './public-url.ts';

export type CookieUse = 'session' | 'sign-in';

export function readSecret(c: Context<AppEnv>, use: CookieUse): string | undefined {
  return getCookie(c, nameOf(c, use));
}

export function giveSecret(c: Context<AppEnv>, use: CookieUse, secret: string): void {
  setCookie(c, nameOf(c, use), secret, {
    path: '/',
    httpOnly: true,
    secure: needsTls(publicUrl(c)),
    ...(use === 'session' ? { sameSite: 'Strict' } : { sameSite: 'Lax', maxAge: HANDSHAKE_MS / 1000 }),
  });
}

export function takeBackSecret(c: Context<AppEnv>, use: CookieUse): void {
  deleteCookie(c, nameOf(c, use), { path: '/', httpOnly: true, secure: needsTls(publicUrl(c)) });
}

function nameOf(c: Context<AppEnv>, use: CookieUse): string {
  return `${needsTls(publicUrl(c)) ? '__Host-' : ''}fos-${use}`;
}
