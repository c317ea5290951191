/**
 * The account that the embedded server runs as. Postgres refuses to run as root, so root starts it as `postgres`
 * or else as `nobody`; everybody else starts it as themselves.
 */
import { spawnSync } from 'node:child_process';

/** Empty where the server runs as whoever started us. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

export function unprivilegedAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    'Postgres does not run as root, and there is neither a user "postgres" nor "nobody" to run it as. ' +
      'Create one (useradd --system postgres) or set DATABASE_URL to a Postgres of your own.',
  );
}

/** Runs a program to its end as the account, with nothing of our environment but the PATH. */
export function runAs(account: Account, command: string, args: readonly string[]) {
  return spawnSync(command, args, {
    ...outside(account),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a program that runs as the account is given: a working directory that it may enter, and no settings of ours. */
export function outside(account: Account) {
  return { ...account, cwd: '/', env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } };
}
