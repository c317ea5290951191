/**
 * One-time codes by which a person's browser signs in on a server that knows no users yet: printed at start, and by
 * `npm run cli -- tokens sign-in`. Whoever reads the terminal of the server is its admin. The address is
 * `/sign-in?code=…`, where the code is exchanged for a session.
 */
import { randomBytes } from 'node:crypto';
import type { Sql } from '../../sql/connect.ts';
import { sha256 } from './digest.ts';
import type { Recognised } from './recogniser.ts';

/** How long a code may be redeemed. */
export const SIGN_IN_MINUTES = 15;

/** Stores the hash of a new code and returns the code. Codes that nobody redeemed in time are let go. */
export async function makeSignInCode(sql: Sql, now: Date): Promise<string> {
  const code = randomBytes(24).toString('base64url');
  await sql`delete from sign_in_code where expires_at <= ${now}`;
  await sql`
    insert into sign_in_code (code_hash, created_at, expires_at)
    values (${sha256(code)}, ${now}, ${new Date(now.getTime() + 60_000 * SIGN_IN_MINUTES)})`;
  return code;
}

/** Whom the code lets in; undefined where it is unknown, used or too old. Of several at once one is let in. */
export async function redeemSignInCode(sql: Sql, code: string, now: Date): Promise<Recognised | undefined> {
  const redeemed = await sql`
    delete from sign_in_code where code_hash = ${sha256(code)} and expires_at > ${now} returning code_hash`;
  if (redeemed.length === 0) return undefined;
  return { name: 'first-start', role: 'admin', via: 'first-token', connections: null, person: null };
}

/** The address to open, on a server that is reached at `base`. */
export function signInAddress(base: string, code: string): string {
  return new URL(`/sign-in?code=${code}`, base).href;
}
