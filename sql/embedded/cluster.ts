/** The cluster of the embedded server: made by initdb, started and stopped by pg_ctl. */
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { type Account, outside, runAs } from './account.ts';

export interface Cluster {
  /** Its data. */
  readonly folder: string;
  /** Folder of initdb, pg_ctl and postgres. */
  readonly bin: string;
  readonly account: Account;
}

/** Makes the folder if need be, and gives it to the account. */
export function own(folder: string, { uid, gid }: Account): void {
  makeFolder(folder, 0o700);
  if (uid !== undefined && gid !== undefined && statSync(folder).uid !== uid) chownSync(folder, uid, gid);
}

/** Creates the cluster anew; what a try that was cut short has left is removed. */
export function initialise({ folder, bin, account }: Cluster, password: string): void {
  own(folder, account);
  for (const leftover of readdirSync(folder))
    rmSync(join(folder, leftover), { recursive: true, force: true });
  // In a folder with a random name, since another user could have put a link where the file is to be.
  const closed = mkdtempSync(`${folder}-password-`);
  try {
    const passwordFile = join(closed, 'password');
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
    if (account.uid !== undefined && account.gid !== undefined) {
      chownSync(passwordFile, account.uid, account.gid);
      chownSync(closed, account.uid, account.gid);
    }
    const result = runAs(account, join(bin, 'initdb'), [
      ...['-D', folder, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ]);
    if (result.status !== 0) {
      throw new Error(
        `Could not create the embedded Postgres in ${folder}: ${result.stderr || result.error?.message}`,
      );
    }
  } finally {
    rmSync(closed, { recursive: true, force: true });
  }
}

export function isRunning({ folder, bin, account }: Cluster): boolean {
  return runAs(account, join(bin, 'pg_ctl'), ['status', '-D', folder]).status === 0;
}

/** `extra`: further `name=value` server settings. */
export function start(cluster: Cluster, port: number, extra: readonly string[]): void {
  const { folder, bin, account } = cluster;
  demandSameVersion(folder, bin, account);
  // The socket lies in the folder of the data, which nobody else can enter. Windows has none, nor have some file
  // systems that containers are given, and Postgres does not start where it cannot make the one it is told to.
  const socket = platform() === 'win32' ? '' : '.';
  let said = tryStart(cluster, port, socket, extra);
  if (said !== undefined && /Unix-domain socket/.test(said)) said = tryStart(cluster, port, '', extra);
  if (said === undefined) return;
  const tail = said.trim().split('\n').slice(-12).join('\n') || 'nothing';
  throw new Error(`The embedded Postgres in ${folder} did not start. It wrote (${logOf(cluster)}):\n${tail}`);
}

const logOf = ({ folder }: Cluster): string => join(folder, 'server.log');

/** What the server wrote where it did not start. */
function tryStart(
  cluster: Cluster,
  port: number,
  socketFolder: string,
  extra: readonly string[],
): string | undefined {
  const { folder, bin, account } = cluster;
  const settings = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${socketFolder}`,
    'shared_buffers=256MB',
    'max_wal_size=4GB',
    'checkpoint_timeout=15min',
    'max_connections=120',
    ...extra,
  ];
  const log = logOf(cluster);
  // What it has from earlier starts and stops would hide the cause.
  const before = existsSync(log) ? statSync(log).size : 0;
  const options = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ');
  // The server gets no pipe: it outlives us, and a pipe held open would keep spawnSync waiting.
  const result = spawnSync(
    join(bin, 'pg_ctl'),
    ['start', '-w', '-t', '60', '-D', folder, '-l', log, '-o', options],
    { ...outside(account), stdio: 'ignore' },
  );
  if (result.status === 0) return undefined;
  return existsSync(log) ? readFileSync(log).subarray(before).toString() : '';
}

/** A cluster is read only by the major version that made it. */
function demandSameVersion(folder: string, bin: string, account: Account): void {
  const made = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const ours = /\d+/.exec(runAs(account, join(bin, 'postgres'), ['--version']).stdout ?? '')?.[0];
  if (ours === undefined || ours === made) return;
  throw new Error(
    `The data in ${folder} were made by PostgreSQL ${made}, and the embedded one is ${ours}, which cannot read them. ` +
      `Dump them with the version of this project that made them (pg_dump) and restore them here, or set DATA_DIR to ` +
      'another folder to begin anew.',
  );
}

/** `immediate` is what a crash does: no checkpoint. */
export function stop({ folder, bin, account }: Cluster, mode: 'fast' | 'immediate'): void {
  runAs(account, join(bin, 'pg_ctl'), ['stop', '-m', mode, '-w', '-D', folder]);
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? done(address.port) : fail(new Error('no port')),
      );
    });
  });
}
