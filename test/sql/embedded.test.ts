import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import postgres from 'postgres';
import { afterAll, describe, expect, it } from 'vitest';
import { openQueue } from '../../jobs/step/queue.ts';
import { connect } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { unprivilegedAccount } from '../../sql/embedded/account.ts';
import { freePort, isRunning, start, stop } from '../../sql/embedded/cluster.ts';
import { ownHome } from '../../sql/embedded/home.ts';
import { lock } from '../../sql/embedded/lock.ts';
import { placeCluster } from '../../sql/embedded/place.ts';
import { copyOfPrograms } from '../../sql/embedded/programs.ts';
import { readState, saveState } from '../../sql/embedded/state.ts';
import { removeEmbedded, startEmbedded, stopUnused } from '../../sql/embedded.ts';
import { readSocket } from '../../sql/socket.ts';
import { readTls } from '../../sql/tls.ts';
import { inLongRun } from '../long-run.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const US = process.getuid?.() ?? 0;
const scratch = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-embedded-'));
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folders = 0;
function folder(mode = 0o755): string {
  folders += 1;
  const path = join(scratch, `f${folders}`);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

/** Something in the shape of the npm package. */
function madeUpPrograms(files = 3): string {
  const path = folder();
  mkdirSync(join(path, 'bin'));
  mkdirSync(join(path, 'lib'));
  writeFileSync(join(path, 'bin', 'postgres'), 'the server', { mode: 0o755 });
  for (let n = 0; n < files; n++) writeFileSync(join(path, 'lib', `lib${n}.so.1`), `library ${n}`);
  symlinkSync('lib0.so.1', join(path, 'lib', 'lib0.so'));
  return path;
}

/** Runs TypeScript in processes of their own, all at the same time, and gives what each printed. */
async function atOnce(scripts: readonly string[]): Promise<string[]> {
  return await Promise.all(
    scripts.map(async (script) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
      const [out, error, code] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise((resolve) => child.once('close', resolve)),
      ]);
      expect(`${code} ${error}`).toBe('0 ');
      return out.trim();
    }),
  );
}

describe('the lock of a start', () => {
  it('is held by one at a time, also when many find the lock of a dead process', async () => {
    const file = join(folder(), 'starting.lock');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(file, String(gone));
    let holders = 0;
    let most = 0;
    const work = async () => {
      const release = await lock(file);
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
      release();
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('is taken over although the process that took it over died, too', async () => {
    const file = join(folder(), 'starting.lock');
    const gone = String(spawnSync(process.execPath, ['-e', '']).pid);
    writeFileSync(file, gone);
    writeFileSync(`${file}.takeover`, gone);
    const release = await lock(file);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    release();
  });
});

describe('the copy of the programs', () => {
  inLongRun(it)('is one, and whole, when several processes make it at the same moment', async () => {
    const original = madeUpPrograms(200);
    const home = folder();
    const script = `import { copyOfPrograms } from './sql/embedded/programs.ts';
      console.log(copyOfPrograms(${JSON.stringify(original)}, ${JSON.stringify(home)}, ${US}));`;
    const places = await atOnce([script, script, script, script]);
    expect(new Set(places).size).toBe(1);
    expect(readdirSync(home)).toHaveLength(1);
    expect(readdirSync(join(places[0] ?? '', 'lib'))).toHaveLength(201);
  });

  it('can be read and run by everybody whatever the umask', () => {
    const before = process.umask(0o077);
    try {
      const place = copyOfPrograms(madeUpPrograms(), folder(), US);
      const modes = spawnSync('stat', ['-c', '%a', place, `${place}/bin`, `${place}/bin/postgres`]);
      expect(String(modes.stdout).split('\n').slice(0, 3)).toEqual(['755', '755', '755']);
    } finally {
      process.umask(before);
    }
  });

  it.each([
    ['a file has other contents', (place: string) => writeFileSync(join(place, 'lib/lib1.so.1'), 'evil')],
    ['a file was added', (place: string) => writeFileSync(join(place, 'lib/extra.so'), '')],
    ['a file is missing', (place: string) => rmSync(join(place, 'lib/lib2.so.1'))],
    ['a data file can be run', (place: string) => chmodSync(join(place, 'lib/lib1.so.1'), 0o755)],
    ['others may write a file', (place: string) => chmodSync(join(place, 'bin/postgres'), 0o757)],
    ['others may write a folder', (place: string) => chmodSync(join(place, 'lib'), 0o777)],
    ['others may write the whole', (place: string) => chmodSync(place, 0o775)],
    [
      'a link leads elsewhere',
      (place: string) => {
        rmSync(join(place, 'lib/lib0.so'));
        symlinkSync('/tmp/lib0.so', join(place, 'lib/lib0.so'));
      },
    ],
  ])('is refused where %s', (_what, tamper) => {
    const [original, home] = [madeUpPrograms(), folder()];
    const place = copyOfPrograms(original, home, US);
    expect(copyOfPrograms(original, home, US)).toBe(place);
    tamper(place);
    expect(() => copyOfPrograms(original, home, US)).toThrow(place);
  });

  it('is refused where somebody else made it', () => {
    const [original, home] = [madeUpPrograms(), folder()];
    const place = copyOfPrograms(original, home, US);
    expect(() => copyOfPrograms(original, home, US + 1)).toThrow(/belongs to uid/);
    if (US !== 0) return;
    chownSync(join(place, 'bin', 'postgres'), 65_534, 65_534);
    expect(() => copyOfPrograms(original, home, US)).toThrow(/belongs to uid 65534/);
  });

  it('takes no notice of what a process that died has left, and removes it later', () => {
    const [original, home] = [madeUpPrograms(), folder()];
    for (const name of ['unfinished-old', 'unfinished-young']) mkdirSync(join(home, name));
    utimesSync(join(home, 'unfinished-old'), 1, 1);
    const place = copyOfPrograms(original, home, US);
    expect(readdirSync(home).sort()).toEqual([place.slice(home.length + 1), 'unfinished-young']);
  });
});

describe('the folder of programs and data', () => {
  it('is taken where it is ours', () => {
    const home = folder(0o711);
    expect(ownHome(home, US)).toBe(home);
  });

  it.each([
    ['others may write it', () => folder(0o777)],
    ['its group may write it', () => folder(0o770)],
    [
      'it is a link',
      () => {
        const link = join(folder(), 'link');
        symlinkSync(folder(), link);
        return link;
      },
    ],
  ])('is refused where %s', (_what, make) => {
    const home = make();
    expect(() => ownHome(home, US)).toThrow(home);
  });

  it('is refused where it belongs to somebody else', () => {
    const home = folder();
    expect(() => ownHome(home, US + 1)).toThrow(/belongs to uid/);
  });
});

it('what DATA_DIR remembers is refused when others may read it, with the command that mends it', () => {
  const dataDir = folder();
  saveState(dataDir, { port: 1, password: 'secret-password' });
  expect(readState(dataDir).password).toBe('secret-password');
  const file = join(dataDir, 'postgres.json');
  for (const mode of [0o640, 0o604, 0o620, 0o602]) {
    chmodSync(file, mode);
    expect(() => readState(dataDir)).toThrow(`chmod 600 '${file}'`);
  }
});

inLongRun(it)('two first starts at the same moment give one server', async () => {
  const dataDir = folder();
  const script = `import { startEmbedded } from './sql/embedded.ts';
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, settings: ['fsync=off'] });
    console.log(server.url);`;
  const urls = await atOnce([script, script]);
  expect(new Set(urls).size).toBe(1);
  const ended = await atOnce([
    `import { startEmbedded } from './sql/embedded.ts';
    const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
    await server.close();
    console.log(server.joined);`,
  ]);
  expect(ended).toEqual(['true']);
  removeEmbedded(dataDir);
});

describe('the socket of the server', () => {
  inLongRun(it)('lies in the folder of its data, and both clients reach the server by it', async () => {
    const dataDir = folder();
    const server = await startEmbedded({ dataDir, settings: ['fsync=off'] });
    expect(server.socketUrl).not.toBe(server.url);
    expect(readSocket(server.socketUrl)).toEqual({
      url: server.url,
      folder: join(dataDir, 'postgres'),
    });
    const sql = connect(server.socketUrl, DEFAULT_SCHEMAS, { max: 1 });
    const queue = await openQueue({ url: server.socketUrl, schemas: DEFAULT_SCHEMAS, passive: true });
    const clients = await sql<{ address: string | null }[]>`
      select client_addr as address from pg_stat_activity where backend_type = 'client backend'`;
    expect(clients.length).toBeGreaterThan(1);
    expect(clients.every(({ address }) => address === null)).toBe(true);
    await queue.close();
    await sql.end();
    await server.close();
    removeEmbedded(dataDir);
  });

  inLongRun(it)('is left aside where its path is longer than a socket may have, or has a comma', async () => {
    for (const name of ['x'.repeat(100), 'here, there']) {
      const dataDir = join(folder(), name);
      const server = await startEmbedded({ dataDir, settings: ['fsync=off'] });
      expect(server.socketUrl).toBe(server.url);
      const sql = connect(server.socketUrl, DEFAULT_SCHEMAS, { max: 1 });
      expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
      await sql.end();
      await server.close();
      removeEmbedded(dataDir);
    }
  });

  inLongRun(it)('is done without where the file system has none', async () => {
    const dataDir = folder();
    await (await startEmbedded({ dataDir, settings: ['fsync=off'] })).close();
    const cluster = await placeCluster(dataDir, unprivilegedAccount(), readState(dataDir));
    const port = await freePort();
    // A folder in its place: Postgres can make no socket there.
    mkdirSync(join(cluster.folder, `.s.PGSQL.${port}`));
    start(cluster, port, ['fsync=off']);
    expect(isRunning(cluster)).toBe(true);
    expect(readFileSync(join(cluster.folder, 'server.log'), 'utf8')).toContain(
      'could not create any Unix-domain sockets',
    );
    stop(cluster, 'fast');
    removeEmbedded(dataDir);
  });

  inLongRun(it)('is the way to the database of DATABASE_URL too, where that names its folder', async () => {
    const dataDir = folder();
    const server = await startEmbedded({ dataDir, settings: ['fsync=off'] });
    const { port, password } = new URL(server.url);
    const where = new URLSearchParams({ host: join(dataDir, 'postgres') });
    const url = `postgres://postgres:${password}@elsewhere.example:${port}/omop?${where}`;
    expect(readTls(url)).toMatchObject({ mode: 'disable', warning: undefined });
    const sql = connect(url, DEFAULT_SCHEMAS, { max: 1 });
    expect(await sql`select current_database() as name`).toEqual([{ name: 'omop' }]);
    await sql.end();
    await server.close();
    removeEmbedded(dataDir);
  });
});

inLongRun(it)('a server is stopped when nobody uses it', async () => {
  const dataDir = folder();
  const server = await startEmbedded({ dataDir, settings: ['fsync=off'] });
  const somebody = postgres(server.url, { max: 1, connection: { application_name: 'psql' } });
  await somebody`select 1`;
  expect(await stopUnused(dataDir)).toBe(false);
  await somebody.end();
  // The server takes note of the end of a connection after the client has.
  await expect.poll(() => stopUnused(dataDir)).toBe(true);
  removeEmbedded(dataDir);
});

it('data that another version made are refused before anything starts', async () => {
  const dataDir = folder();
  mkdirSync(join(dataDir, 'postgres'));
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
  saveState(dataDir, { port: 0, password: 'x', initialised: true });
  await expect(startEmbedded({ dataDir })).rejects.toThrow(
    /were made by PostgreSQL 12, and the embedded one is \d+, which cannot read them/,
  );
  removeEmbedded(dataDir);
});

it('a folder that holds no server is as good as one that was stopped', async () => {
  expect(await stopUnused(folder())).toBe(true);
  expect(await stopUnused(join(folder(), 'not-there'))).toBe(true);
});
