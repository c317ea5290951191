/**
 * Sessions of people: a random id in a cookie, and what it stands for in the database. The role is that of the sign-in.
 * A session ends when nothing was asked for a while, after its longest time, and at the sign-out.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import type { Tx } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import type { Role } from '../caller.ts';
import { problem } from '../problems.ts';
import { readSecret } from './cookies.ts';
import { sameText, sha256 } from './digest.ts';
import { comesFromOwnPage } from './public-url.ts';
import type { Recognised, Recogniser } from './recogniser.ts';
import { DEFAULT_SIGN_IN, type SignInSettings } from './sign-in-settings.ts';

export interface Person {
  readonly name: string;
  readonly role: Role;
  readonly connections: readonly number[] | null;
  /** Whom the identity provider says it is ("subject/…"), or "first-start". */
  readonly target: string;
}

export interface Session extends Person {
  /** The secret in the cookie. */
  readonly id: string;
  readonly endsAt: Date;
}

/** Header in which a page's script, and `csrf`, in which its form, sends the token of the session. */
export const CSRF_HEADER = 'x-csrf-token';

/** Activity is noted to the minute, so that not every request writes. A session may end that much sooner. */
const NOTED_MS = 60_000;
const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Begins a session under a new id, which is returned. Sessions that have ended are let go. */
export async function beginSessionInTx(
  tx: Tx,
  { name, role, connections, target }: Person,
  now: Date,
  { idleMs, longestMs }: SignInSettings = DEFAULT_SIGN_IN,
): Promise<string> {
  const id = randomBytes(32).toString('base64url');
  await tx`delete from user_session where ends_at <= ${now} or seen_at <= ${new Date(now.getTime() - idleMs)}`;
  await tx`
    insert into user_session (session_hash, name, role, connections, target, began_at, seen_at, ends_at)
    values (
      ${sha256(id)}, ${name}, ${role}, ${connections === null ? null : [...connections]}, ${target},
      ${now}, ${now}, ${new Date(now.getTime() + longestMs)}
    )`;
  return id;
}

/** The live session of the request's cookie. Asking for it counts as activity. */
export async function readSession(c: Context<AppEnv>): Promise<Session | undefined> {
  const id = readSecret(c, 'session');
  if (id === undefined) return undefined;
  const { sql, clock, config } = c.var.services;
  const { idleMs } = config.signIn ?? DEFAULT_SIGN_IN;
  const now = clock();
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const [row] = await sql<(Omit<Session, 'id'> & { seenAt: Date })[]>`
    select name, role, connections, target, ends_at as "endsAt", seen_at as "seenAt" from user_session
    where session_hash = ${sha256(id)} and ends_at > ${now} and seen_at > ${ago(idleMs)}`;
  if (!row) return undefined;
  const { seenAt, ...session } = row;
  if (seenAt <= ago(NOTED_MS)) {
    await sql`update user_session set seen_at = ${now} where session_hash = ${sha256(id)} and seen_at < ${now}`;
  }
  return { id, ...session };
}

/** Ends the session of this id; true if it was there. */
export async function endSessionInTx(tx: Tx, id: string): Promise<boolean> {
  const ended = await tx`delete from user_session where session_hash = ${sha256(id)} returning 1`;
  return ended.length > 0;
}

/** The token that a page of this session sends with whatever changes something. It does not reveal the id. */
export function csrfTokenOf(id: string): string {
  return createHmac('sha256', id).update('csrf').digest('base64url');
}

export function isCsrfToken(id: string, given: unknown): boolean {
  return typeof given === 'string' && sameText(given, csrfTokenOf(id));
}

/**
 * The person whose session the cookie is, where the request has no other credential. The browser adds the cookie by
 * itself, so the request must also come from our own page, and bring the session's token if it is to change something.
 * @throws Problem `forbidden` where it does not.
 */
export const bySession: Recogniser = async (c) => {
  if (c.req.header('authorization') !== undefined) return undefined;
  const session = await readSession(c);
  if (!session) return undefined;
  if (!comesFromOwnPage(c)) {
    throw problem(
      'forbidden',
      'Expected a request from a page of this server: a session counts for no other. Behind a proxy set PUBLIC_URL.',
    );
  }
  if (!READS.includes(c.req.method) && !isCsrfToken(session.id, c.req.header(CSRF_HEADER))) {
    throw problem('forbidden', `Expected the header ${CSRF_HEADER} with the token of this session's pages.`);
  }
  return asRecognised(session);
};

/** As the caller of what they do; the address is the request's. */
export function asRecognised(of: Person): Recognised {
  const { name, role, connections } = of;
  return { name, role, via: 'session', connections, person: personOf(of) };
}

/** Of a one-time address nobody knows who opened it. */
export function personOf({ target }: Person): string | null {
  return target.startsWith('subject/') ? target : null;
}
