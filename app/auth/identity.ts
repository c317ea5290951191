/**
 * What the claims of an identity provider say here: a name to record, a role, and connections. Claims are verified,
 * but written by others: people choose their own names.
 */
import type { Sql } from '../../sql/connect.ts';
import { ROLES, type Role } from '../caller.ts';
import type { OidcSettings } from './sign-in-settings.ts';

export type Claims = Readonly<Record<string, unknown>>;

type Rules = Pick<OidcSettings, 'roleClaim' | 'roleMap' | 'connectionsClaim'>;

/** Longest name, in characters, that is recorded. */
const LONGEST_NAME = 200;
/** More values of a claim than a directory gives anybody are not looked at. */
const MOST_VALUES = 1000;

/**
 * The name that is recorded: `preferred_username`, else an email address that is not known to be unverified, else
 * `sub`. Control and format characters are taken out, so that no name can pass as another by turning its text around.
 */
export function nameOf(claims: Claims): string | undefined {
  const email = claims['email_verified'] === false ? undefined : claims['email'];
  for (const claim of [claims['preferred_username'], email, claims['sub']]) {
    const name = typeof claim === 'string' ? cleanName(claim) : '';
    if (name !== '') return name;
  }
  return undefined;
}

/** The provider's own id of whom it means, which they did not choose; undefined where it is no text that can be recorded. */
export function subjectOf({ sub }: Claims): string | undefined {
  return nameOf({ sub });
}

function cleanName(text: string): string {
  const line = text
    .slice(0, 4 * LONGEST_NAME)
    .normalize('NFC')
    .replace(/[\t-\r]/g, ' ')
    .replace(/\p{C}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  return [...line].slice(0, LONGEST_NAME).join('').trim();
}

/** The highest role that a value of the claim is mapped to; undefined where none is. */
export function roleOf(claims: Claims, { roleClaim, roleMap }: Rules): Role | undefined {
  const held = new Set(valuesOf(claims, roleClaim).map((value) => roleMap.get(value)));
  return ROLES.findLast((role) => held.has(role));
}

/**
 * Ids of the connections that the claim names by site key; null for all of them. Where the setting names a claim and
 * the person has none, these are no connections at all.
 */
export async function connectionsOf(
  sql: Sql,
  claims: Claims,
  { connectionsClaim }: Rules,
): Promise<readonly number[] | null> {
  if (connectionsClaim === undefined) return null;
  const keys = valuesOf(claims, connectionsClaim);
  if (keys.includes('*')) return null;
  const rows = await sql<{ connection_id: number }[]>`
    select connection_id from connection where site_key = any(${keys}) order by connection_id`;
  return rows.map((row) => row.connection_id);
}

/** The strings that a claim holds, whether it is one or a list. Scopes are one string with blanks between them. */
function valuesOf(claims: Claims, path: string): string[] {
  const found = claimAt(claims, path);
  if (Array.isArray(found)) {
    return found.slice(0, MOST_VALUES).filter((value): value is string => typeof value === 'string');
  }
  if (typeof found !== 'string') return [];
  return path === 'scope' || path === 'scp' ? found.split(' ').slice(0, MOST_VALUES) : [found];
}

/** A claim by its name, which may hold dots as in "https://hospital.example/roles", else by the path of names. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let here: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = Reflect.get(here, name);
  }
  return here;
}
