/**
 * How people sign in, and which identity provider's tokens programs may bring, from the environment. Without any of
 * it there are sessions by one-time code only.
 */
import { z } from 'zod';
import { isLoopback } from '../../jobs/fhir/http.ts';
import { readSettings, settingFault } from '../../jobs/step/settings.ts';
import { SIGN_IN } from '../../sql/settings/people.ts';
import type { Read } from '../../sql/settings/read.ts';
import { SERVER } from '../../sql/settings/server.ts';
import { ROLES, type Role } from '../caller.ts';

export interface OidcSettings {
  readonly issuer: string;
  /** For people: undefined where only programs come with tokens of the issuer. */
  readonly client: OidcClient | undefined;
  /** `aud` of access tokens of programs; undefined where none are accepted. */
  readonly audience: string | undefined;
  /** Claim that holds roles or groups; names of nested claims are joined by dots. */
  readonly roleClaim: string;
  /** What a value of that claim is here. A person or program without such a value is not let in. */
  readonly roleMap: ReadonlyMap<string, Role>;
  /** Claim that holds the site keys of the connections that the person may see; "*" is all of them. */
  readonly connectionsClaim: string | undefined;
}

export interface OidcClient {
  readonly id: string;
  /** undefined for a public client. */
  readonly secret: string | undefined;
  readonly scope: string;
}

export interface SignInSettings {
  /** Under which browsers reach this server: an origin, without a path. */
  readonly publicUrl: string | undefined;
  /** A session ends when nothing was asked for so long. */
  readonly idleMs: number;
  /** A session ends so long after the sign-in, whatever happens. */
  readonly longestMs: number;
  readonly oidc: OidcSettings | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const DEFAULT_SIGN_IN: SignInSettings = {
  publicUrl: undefined,
  idleMs: 30 * MINUTE_MS,
  longestMs: 12 * HOUR_MS,
  oidc: undefined,
};

const SHAPE = { PUBLIC_URL: SERVER.PUBLIC_URL, ...SIGN_IN };
type Environment = Read<typeof SHAPE>;

/** @throws SyncError `setting-invalid`, which names each fault and repeats no value. */
export function readSignInSettings(env: Readonly<Record<string, string | undefined>>): SignInSettings {
  const read = readSettings(SHAPE, env);
  const faults: string[] = [];
  const publicUrl = readPublicUrl(read, faults);
  const oidc = readOidc(read, faults);
  if (faults.length > 0) throw settingFault(...faults);
  return {
    publicUrl,
    idleMs: read.SESSION_IDLE_MINUTES * MINUTE_MS,
    longestMs: read.SESSION_MAX_HOURS * HOUR_MS,
    oidc,
  };
}

function readPublicUrl({ PUBLIC_URL, OIDC_CLIENT_ID }: Environment, faults: string[]): string | undefined {
  if (PUBLIC_URL === undefined) {
    if (OIDC_CLIENT_ID !== undefined) {
      faults.push(
        'PUBLIC_URL: required with OIDC_CLIENT_ID, since the identity provider sends people back to it',
      );
    }
    return undefined;
  }
  const url = URL.canParse(PUBLIC_URL) ? new URL(PUBLIC_URL) : undefined;
  const isOrigin = url !== undefined && url.href === `${url.origin}/`;
  if (!isOrigin || !isSafe(url)) {
    faults.push('PUBLIC_URL: expected https://host without a path (http:// only for this machine)');
    return undefined;
  }
  return url.origin;
}

/** Whether what is sent there cannot be read on the way. */
function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function readOidc(read: Environment, faults: string[]): OidcSettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_AUDIENCE: audience } = read;
  if (issuer === undefined) {
    for (const [name, value] of Object.entries(read)) {
      if (name.startsWith('OIDC_') && value !== undefined)
        faults.push(`${name}: expected OIDC_ISSUER beside it`);
    }
    return undefined;
  }
  if (!URL.canParse(issuer) || !isSafe(new URL(issuer))) {
    faults.push('OIDC_ISSUER: expected the https address that the provider names as `issuer`');
  }
  if (clientId === undefined && audience === undefined) {
    faults.push(
      'OIDC_ISSUER: expected OIDC_CLIENT_ID (for people) or OIDC_AUDIENCE (for programs) beside it',
    );
  }
  if (clientId !== undefined && clientId === audience) {
    // The ID token of anybody who signs in names the client as its audience, and would pass as an access token.
    faults.push(
      'OIDC_AUDIENCE: expected another one than OIDC_CLIENT_ID, lest an ID token pass as access token',
    );
  }
  const scope = read.OIDC_SCOPE ?? 'openid profile email';
  if (!scope.split(' ').includes('openid')) faults.push('OIDC_SCOPE: expected "openid" among the scopes');
  return {
    issuer,
    client: clientId === undefined ? undefined : { id: clientId, secret: read.OIDC_CLIENT_SECRET, scope },
    audience,
    roleClaim: read.OIDC_ROLE_CLAIM ?? 'roles',
    roleMap: readRoleMap(read.OIDC_ROLE_MAP, faults),
    connectionsClaim: read.OIDC_CONNECTIONS_CLAIM,
  };
}

/**
 * `value=role,value=role`, or JSON `{"value":"role"}` for values that hold commas, as distinguished names do. The last
 * "=" separates.
 */
function readRoleMap(given: string | undefined, faults: string[]): ReadonlyMap<string, Role> {
  const map = new Map<string, Role>();
  const entries = given?.trimStart().startsWith('{') ? jsonEntries(given) : listEntries(given ?? '');
  for (const [value, name] of entries) {
    const role = ROLES.find((one) => one === name);
    if (value === '' || role === undefined || map.has(value)) {
      faults.push(
        `OIDC_ROLE_MAP: expected VALUE=ROLE,…, each value once and each role one of ${ROLES.join(', ')}`,
      );
      return map;
    }
    map.set(value, role);
  }
  if (map.size === 0) faults.push('OIDC_ROLE_MAP: required with OIDC_ISSUER, as in "omop-admins=admin"');
  return map;
}

function listEntries(given: string): [string, string][] {
  return given
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const at = entry.lastIndexOf('=');
      return [entry.slice(0, Math.max(at, 0)).trim(), entry.slice(at + 1).trim()];
    });
}

function jsonEntries(given: string): [string, string][] {
  try {
    const read = z.record(z.string(), z.string()).safeParse(JSON.parse(given));
    return read.success ? Object.entries(read.data) : [['', '']];
  } catch {
    return [['', '']];
  }
}
