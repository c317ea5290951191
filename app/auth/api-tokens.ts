/** API tokens as they are stored: their SHA-256 and what they allow, never themselves. */
import { timingSafeEqual } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Role } from '../caller.ts';
import { beginningOf, isWellFormed, makeApiToken } from './api-token.ts';
import { sha256 } from './digest.ts';
import type { Recognised } from './recogniser.ts';

export interface ApiToken {
  readonly token_id: number;
  /** Its first characters, by which people tell tokens apart. */
  readonly prefix: string;
  readonly role: Role;
  /** Ids of the connections that it may see and act on; null for all. */
  readonly connections: readonly number[] | null;
  readonly note: string;
  readonly created_at: Date;
  readonly created_by: string;
  /** The person who made it; null where that is not known. */
  readonly person: string | null;
  readonly expires_at: Date | null;
  /** To the minute. */
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_by: string | null;
}

/** Between two notes of a token's use; each is a write. */
const NOTED_EVERY_MS = 60_000;

/** Makes a token and stores its hash. The token itself is in this answer, and nowhere else ever again. */
export async function createTokenInTx(
  tx: Sql | Tx,
  wanted: Pick<ApiToken, 'role' | 'connections' | 'note' | 'expires_at' | 'created_by'> &
    Partial<Pick<ApiToken, 'person'>>,
  now: Date,
): Promise<{ readonly token: string; readonly stored: ApiToken }> {
  const token = makeApiToken();
  const [stored] = await tx<ApiToken[]>`
    insert into api_token (
      token_hash, prefix, role, connections, note, created_at, created_by, expires_at, person
    )
    values (
      ${sha256(token)}, ${beginningOf(token)}, ${wanted.role}, ${wanted.connections}, ${wanted.note}, ${now},
      ${wanted.created_by}, ${wanted.expires_at}, ${wanted.person ?? null}
    )
    returning token_id, prefix, role, connections, note, created_at, created_by, person, expires_at, last_used_at, revoked_at,
      revoked_by`;
  if (!stored) throw new Error('a token was inserted and is not there');
  return { token, stored };
}

/** Tokens, newest first; revoked and expired ones too. */
export async function selectTokens(
  sql: Sql | Tx,
  filter: {
    readonly token_id?: number | undefined;
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<ApiToken[]> {
  return await sql<ApiToken[]>`
    select token_id, prefix, role, connections, note, created_at, created_by, person, expires_at, last_used_at, revoked_at,
      revoked_by
    from api_token
    where (${filter.token_id ?? null}::integer is null or token_id = ${filter.token_id ?? null})
      and (${filter.before ?? null}::bigint is null or token_id < ${filter.before ?? null}::bigint)
    order by token_id desc
    limit ${filter.limit}`;
}

/** From now on the token is refused. Repeated, or of no token, it changes nothing. */
export async function revokeTokenInTx(
  tx: Sql | Tx,
  by: { readonly token_id: number; readonly revoked_by: string; readonly now: Date },
): Promise<void> {
  await tx`
    update api_token set
      revoked_at = coalesce(revoked_at, ${by.now}), revoked_by = coalesce(revoked_by, ${by.revoked_by})
    where token_id = ${by.token_id}`;
}

/** The stored token of this text, unless it has expired or is revoked. */
export async function tokenInForce(sql: Sql, given: string, now: Date): Promise<ApiToken | undefined> {
  if (!isWellFormed(given)) return undefined;
  const hash = sha256(given);
  const [found] = await sql<(ApiToken & { token_hash: Buffer })[]>`
    select token_id, token_hash, prefix, role, connections, note, created_at, created_by, person, expires_at, last_used_at,
      revoked_at, revoked_by
    from api_token
    where token_hash = ${hash}`;
  if (!found || !timingSafeEqual(found.token_hash, hash)) return undefined;
  if (found.revoked_at !== null) return undefined;
  return found.expires_at === null || found.expires_at > now ? found : undefined;
}

/** Notes that the token was used, at most once a minute, so that requests do not each write a row. */
export async function noteUse(sql: Sql, token: ApiToken, now: Date): Promise<void> {
  const due = new Date(now.getTime() - NOTED_EVERY_MS);
  if (token.last_used_at !== null && token.last_used_at > due) return;
  await sql`
    update api_token set last_used_at = ${now}
    where token_id = ${token.token_id} and (last_used_at is null or last_used_at <= ${due})`;
}

/** As a caller shows it. */
export function callerOfToken(token: ApiToken): Recognised {
  const { note: name, role, connections, person } = token;
  return { name, role, via: 'api-token', connections, person };
}

/** Whether anybody holds a token that may do everything. */
export async function hasAdminToken(sql: Sql, now: Date): Promise<boolean> {
  const found = await sql`
    select 1 from api_token
    where role = 'admin' and revoked_at is null and (expires_at is null or expires_at > ${now})
    limit 1`;
  return found.length > 0;
}
