/**
 * Wrong credentials are counted, and slow down whoever sends them: the first five from an address cost nothing, then it
 * is not listened to for one second, two, four, and at most a quarter of an hour; also not with a right secret that a
 * person has chosen, since a guess that is not looked at teaches nothing. An hour after the last one it begins anew.
 * The counts are in the database, which all API processes share.
 *
 * A right API token, session or token of the identity provider is let in all the same: nobody guesses those, and an
 * office or a host with one forgotten script would else lock out all others behind its address.
 *
 * Wrong tokens that begin like one of ours are also counted by that beginning, from wherever they come. That raises
 * the alarm and locks nobody out: whoever reads the beginning in a list could else switch a token off for its owner.
 *
 * The first lock of an address, and a beginning that came often, raise an alert: one for the installation while it is
 * open, whatever the number of addresses, so that an attacker fills neither the list nor anybody's inbox. It names no
 * address, since viewers and the webhook's receiver read it; the record does.
 */
import type { Context } from 'hono';
import { raiseOfInstallationInTx } from '../../jobs/alerts/raise.ts';
import type { Sql } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import { auditRefusal } from '../audit.ts';
import { countedAddress } from '../http/proxies.ts';
import { type Problem, problem } from '../problems.ts';
import { WrongCredential } from './unauthorized.ts';

const FREE = 5;
const LONGEST_SECONDS = 900;
/** So many wrong ones are told of in the log, once. */
const ALARM = 10;

/**
 * Runs a check of a credential; a wrong one is counted. While the address is locked nothing is looked at, but for what
 * `unguessable` says of a credential that has been found right.
 */
export async function counted<T>(
  c: Context<AppEnv>,
  check: () => Promise<T>,
  unguessable?: (found: T) => boolean,
): Promise<T> {
  const { sql, clock } = c.var.services;
  const { address } = c.var;
  const now = clock();
  const locked = address === null ? undefined : await lockOf(sql, addressSubject(address), now);
  if (locked && !unguessable) throw locked;
  try {
    const found = await check();
    if (locked && !unguessable?.(found)) throw locked;
    return found;
  } catch (error) {
    if (!(error instanceof WrongCredential)) throw error;
    if (locked) throw locked;
    await count(c, error, now);
    throw error;
  }
}

/** The answer to a locked address; undefined where it is not locked. */
async function lockOf(sql: Sql, subject: string, now: Date): Promise<Problem | undefined> {
  const [row] = await sql<{ locked_until: Date | null }[]>`
    select locked_until from wrong_credential where subject = ${subject}`;
  const until = row?.locked_until ?? now;
  if (until <= now) return undefined;
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
  return problem(
    'too-many-wrong-credentials',
    `Wrong credentials came from this address, so none that could be guessed is looked at for ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}

async function count(c: Context<AppEnv>, { prefix }: WrongCredential, now: Date): Promise<void> {
  const { sql, log } = c.var.services;
  const { address } = c.var;
  const subjects = [
    { subject: address === null ? 'address unknown' : addressSubject(address), locks: address !== null },
    ...(prefix === undefined ? [] : [{ subject: `token ${prefix}`, locks: false }]),
  ];
  await sql`delete from wrong_credential where last_at < ${hoursBefore(now, 24)}`;
  for (const { subject, locks } of subjects) {
    const [row] = await sql<{ times: number; locked_until: Date | null }[]>`
      insert into wrong_credential as w (subject, times, first_at, last_at)
      values (${subject}, 1, ${now}, ${now})
      on conflict (subject) do update set
        times = case when w.last_at < ${hoursBefore(now, 1)} then 1 else w.times + 1 end,
        first_at = case when w.last_at < ${hoursBefore(now, 1)} then ${now} else w.first_at end,
        last_at = ${now},
        locked_until = case
          when ${locks} and w.last_at >= ${hoursBefore(now, 1)} and w.times >= ${FREE}
          then ${now}::timestamptz
            + least(power(2::float8, least(w.times - ${FREE}, 20)), ${LONGEST_SECONDS}) * interval '1 second'
        end
      returning times, locked_until`;
    if (row?.times === (locks ? FREE + 1 : ALARM)) await raiseAlert(c, row.times);
    // Of a flood the first ones tell enough.
    if (row && row.times <= ALARM) {
      await auditRefusal(c, { action: 'credential.refuse', target: subject, status: 401 });
    }
    if (row?.times === ALARM) {
      log.warn(
        { subject, times: row.times, locked_until: row.locked_until, request_id: c.var.requestId },
        'wrong credentials: somebody guesses, or a program has an old token',
      );
    }
  }
}

async function raiseAlert(c: Context<AppEnv>, times: number): Promise<void> {
  const { sql, queue, clock, webhook } = c.var.services;
  const finding = {
    ...({ kind: 'credentials-guessed', subject: '', measured: times } as const),
    message:
      'An address sent wrong credentials until it was locked, or a token was tried often: somebody guesses, or a ' +
      'program has an old token. From where: cli audit list --action credential.refuse',
  };
  await sql.begin((tx) => raiseOfInstallationInTx(tx, { queue, clock, webhook }, finding));
}

const addressSubject = (address: string) => `address ${countedAddress(address)}`;
const hoursBefore = (now: Date, hours: number) => new Date(now.getTime() - 3_600_000 * hours);
