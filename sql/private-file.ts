/**
 * Files that hold secrets: a .env, the key of the stored credentials, the state of the embedded database. Whoever
 * else may read them has our database, and whoever may write them decides what we run with, so such files are refused.
 */
import { lstatSync, readFileSync, statSync } from 'node:fs';

/** Throws with the command that mends it, unless the file is open to its owner alone. Windows has no such modes. */
export function demandPrivate(path: string): void {
  if (process.platform === 'win32') return;
  const { mode, uid } = statSync(path);
  const bits = mode & 0o777;
  if (bits & 0o077) {
    throw new Error(
      `${path} holds secrets, and others on this machine may open it (mode ${bits.toString(8).padStart(4, '0')}, ` +
        `expected 0600). Run: chmod 600 ${quoted(path)}`,
    );
  }
  const us = process.getuid?.();
  // Root reads what others own, as in a container that is given a file of its host.
  if (us && uid !== us && uid !== 0) {
    throw new Error(
      `${path} holds secrets and belongs to another user (uid ${uid}), who could change it. ` +
        `Run as root: chown ${us} ${quoted(path)}`,
    );
  }
}

/** The text of a file that is open to its owner alone. */
export function readPrivate(path: string): string {
  demandPrivate(path);
  return readFileSync(path, 'utf8');
}

export interface Trust {
  /** Who the folder must belong to. */
  readonly owner: number;
  /** Bits of the mode that must not be set: 0o022 where nobody else may write, 0o077 where nobody else may look. */
  readonly forbidden: number;
}

/** Throws unless this is a folder, and no link to one, of that owner and with none of those bits. */
export function demandOwnFolder(path: string, { owner, forbidden }: Trust): void {
  const found = lstatSync(path);
  const bits = found.mode & 0o7777;
  const wrong = !found.isDirectory()
    ? 'it is no folder'
    : found.uid !== owner
      ? `it belongs to uid ${found.uid}, expected ${owner}`
      : bits & forbidden
        ? `its mode is ${bits.toString(8)}, which lets others in`
        : undefined;
  if (wrong !== undefined) {
    throw new Error(
      `${path} is not used, since somebody else could have put it there or changed it: ${wrong}. ` +
        'Look at it, then move it out of the way, or give it back its owner and mode.',
    );
  }
}

const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`;
