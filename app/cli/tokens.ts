/**
 * `cli tokens create|list|revoke|sign-in`: tokens of programs, and one-time addresses by which a browser signs in.
 * Whoever runs commands here reads the database anyway, and so is its admin.
 */

import { ownerOf } from '../../jobs/step/deps.ts';
import { environment } from '../../sql/environment.ts';
import { makeSignInCode, SIGN_IN_MINUTES, signInAddress } from '../auth/sign-in-code.ts';
import { ROLES, type Role } from '../caller.ts';
import { readConfig } from '../config.ts';
import { connectionOf } from './connection-of.ts';
import { openLocal } from './local.ts';
import { table } from './table.ts';
import { complain, say } from './terminal.ts';

export interface TokenFlags {
  readonly role?: string | undefined;
  readonly note?: string | undefined;
  /** Site keys, with commas. */
  readonly site?: string | undefined;
  /** A day (2027-01-31) or a number of days (90d). */
  readonly expires?: string | undefined;
}

/** Reads `cli tokens …`: returns what to run, what lacks, or undefined when the words are no such command. */
export function tokenCommand(
  words: readonly string[],
  flags: TokenFlags,
): (() => Promise<boolean>) | string | undefined {
  const [command, verb, id] = words;
  if (command !== 'tokens') return undefined;
  const role = ROLES.find((one) => one === flags.role);
  const { note } = flags;
  if (verb === 'create' && (!role || !note)) return lacking(flags);
  if (verb === 'create' && role && note) return () => createToken({ ...flags, role, note });
  if (verb === 'list') return () => listTokens();
  if (verb === 'revoke' && /^\d{1,9}$/.test(id ?? '')) return () => revokeToken(Number(id));
  if (verb === 'sign-in') return () => showSignIn();
  return undefined;
}

/** The whole usage would hide the one thing that lacks. */
function lacking({ role, note }: TokenFlags): string {
  const given = role === undefined ? 'none' : `"${role}"`;
  const lacks = [
    ROLES.some((one) => one === role) ? [] : `--role, one of ${ROLES.join(', ')} (got ${given})`,
    note ? [] : '--note "WHAT IT IS FOR", by which lists and the record name the token',
  ].flat();
  return `tokens create needs ${lacks.join('; and ')}.`;
}

interface Wanted extends Omit<TokenFlags, 'role' | 'note'> {
  readonly role: Role;
  readonly note: string;
}

async function createToken(wanted: Wanted): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const sites = wanted.site?.split(',') ?? [];
    const found = await Promise.all(sites.map((site) => connectionOf(local.api, site.trim())));
    const expires_at = wanted.expires && expiryOf(wanted.expires, local.engine.deps.clock());
    const { data, error } = await local.api.POST('/api/v1/admin/tokens', {
      body: {
        ...{ role: wanted.role, note: wanted.note },
        ...(found.length > 0 ? { connections: found.map((one) => one.connection_id) } : {}),
        ...(expires_at ? { expires_at } : {}),
      },
    });
    if (!data) throw new Error(error?.detail ?? 'the token cannot be made');
    // The token alone goes to stdout, so that it can be put into a variable or a file.
    complain(
      `Token ${data.token_id} (${data.role}) for ${local.engine.database.described}, shown this once:`,
    );
    say(data.token);
    return true;
  } finally {
    await local.close();
  }
}

function expiryOf(text: string, now: Date): string {
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now.getTime() + 86_400_000 * Number(days)).toISOString();
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  if (day !== undefined && !Number.isNaN(day.getTime())) return day.toISOString();
  throw new Error(`--expires: expected a day, such as 2027-01-31, or days, such as 90d, got "${text}".`);
}

async function listTokens(): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { data, error } = await local.api.GET('/api/v1/admin/tokens', {
      params: { query: { limit: 500 } },
    });
    if (!data) throw new Error(error?.detail ?? 'the tokens cannot be read');
    const now = local.engine.deps.clock().toISOString();
    say(
      table(
        data.items.map((one) => ({
          ...{ token: one.token_id, prefix: `${one.prefix}…`, role: one.role },
          connections: one.connections?.join(', ') ?? 'all',
          state: one.revoked_at
            ? 'revoked'
            : one.expires_at && one.expires_at <= now
              ? 'expired'
              : 'in force',
          ...{ expires: one.expires_at?.slice(0, 10), last_used: one.last_used_at?.slice(0, 16) },
          ...{ made_by: one.created_by, note: one.note },
        })),
      ),
    );
    return true;
  } finally {
    await local.close();
  }
}

async function revokeToken(id: number): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { data, error } = await local.api.DELETE('/api/v1/admin/tokens/{tid}', {
      params: { path: { tid: id } },
    });
    if (!data) throw new Error(error?.detail ?? 'the token cannot be revoked');
    say(`Token ${data.token_id} (${data.prefix}…, ${data.note}) is refused from now on.`);
    return true;
  } finally {
    await local.close();
  }
}

async function showSignIn(): Promise<boolean> {
  const config = readConfig(environment());
  const local = await openLocal({ withWorkers: false });
  try {
    const { deps } = local.engine;
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    const base = config.signIn.publicUrl ?? `${config.tls ? 'https' : 'http'}://${host}:${config.port}`;
    complain(`Open this address within ${SIGN_IN_MINUTES} minutes; it works once:`);
    say(signInAddress(base, await makeSignInCode(ownerOf(deps), deps.clock())));
    return true;
  } finally {
    await local.close();
  }
}
