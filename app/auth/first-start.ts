/**
 * A server that nobody was given a credential for yet says how to sign in: by a one-time address for a browser, and by
 * the command that makes a token. It is written to stdout and not to the log, which is kept and copied.
 */
import type { Clock } from '../../jobs/step/clock.ts';
import type { Sql } from '../../sql/connect.ts';
import type { Config } from '../config.ts';
import { hasAdminToken } from './api-tokens.ts';
import { makeSignInCode, SIGN_IN_MINUTES, signInAddress } from './sign-in-code.ts';

export async function sayHowToSignIn(
  { sql, clock }: { readonly sql: Sql; readonly clock: Clock },
  { base, config }: { readonly base: string; readonly config: Pick<Config, 'adminToken'> },
): Promise<void> {
  const lines = await howToSignIn(sql, { now: clock(), base, config });
  for (const line of lines) console.log(line);
}

/** The lines to print; with ADMIN_TOKEN or a token of an admin there is no address among them. */
export async function howToSignIn(
  sql: Sql,
  {
    now,
    base,
    config,
  }: { readonly now: Date; readonly base: string; readonly config: Pick<Config, 'adminToken'> },
): Promise<string[]> {
  if (config.adminToken !== undefined) return [];
  if (await hasAdminToken(sql, now)) {
    return ['To sign in, use a token, or make a one-time address: npm run cli -- tokens sign-in'];
  }
  const code = await makeSignInCode(sql, now);
  return [
    `To sign in, open this address within ${SIGN_IN_MINUTES} minutes; it works once:`,
    `  ${signInAddress(base, code)}`,
    'For curl and programs make a token:',
    '  npm run cli -- tokens create --role admin --note "first"',
  ];
}
