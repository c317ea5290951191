/** Bearer credentials of a request. */
import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { sameText } from './digest.ts';

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
