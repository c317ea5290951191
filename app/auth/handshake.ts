/**
 * A sign-in under way, between the press of the button and the return from the identity provider. The browser holds one
 * random secret in a cookie; state, nonce and PKCE verifier are derived from it, so the database holds nothing that
 * would help to finish somebody else's sign-in. The row makes each sign-in good for one return.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Sql } from '../../sql/connect.ts';
import { sha256 } from './digest.ts';

export interface Handshake {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** How long the person has to answer the identity provider's questions. */
export const HANDSHAKE_MS = 10 * 60_000;

export function handshakeOf(secret: string): Handshake {
  const derive = (use: string) => createHmac('sha256', secret).update(use).digest('base64url');
  return { state: derive('state'), nonce: derive('nonce'), codeVerifier: derive('code-verifier') };
}

/** Stores a new one and returns the browser's secret. Ones that nobody finished in time are let go. */
export async function beginHandshake(sql: Sql, now: Date, returnTo: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  await sql`delete from sign_in_handshake where expires_at <= ${now}`;
  await sql`
    insert into sign_in_handshake (secret_hash, return_to, expires_at)
    values (${sha256(secret)}, ${returnTo}, ${new Date(now.getTime() + HANDSHAKE_MS)})`;
  return secret;
}

/** Where the person wanted to go; undefined when the handshake is unknown, was taken before, or is too old. */
export async function takeHandshake(sql: Sql, now: Date, secret: string): Promise<string | undefined> {
  const [taken] = await sql<{ return_to: string }[]>`
    delete from sign_in_handshake where secret_hash = ${sha256(secret)} and expires_at > ${now}
    returning return_to`;
  return taken?.return_to;
}
