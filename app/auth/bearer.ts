/** Bearer credentials of a request, and how secrets are compared. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';

/** Longest bearer credential that is looked at; access tokens with many claims are some kilobytes. */
const LONGEST = 8192;

/** What follows "Bearer " in the header Authorization; undefined where that is absent, other or too long. */
export function bearerOf(c: Context<AppEnv>): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined || header.length > LONGEST) return undefined;
  return /^Bearer ([^\s]+)$/i.exec(header)?.[1];
}

/** Whether the request holds this secret as its bearer credential. */
export function holdsBearer(c: Context<AppEnv>, secret: string): boolean {
  const given = bearerOf(c);
  return given !== undefined && sameText(given, secret);
}

/** Compares in constant time, so that the time taken does not reveal where the texts differ. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
