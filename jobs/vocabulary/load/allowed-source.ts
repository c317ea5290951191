/**
 * Which files of the server a load through the API may read: those in one folder (VOCABULARY_DIR), with links
 * resolved. A holder of the token could otherwise have any file read, and learn from the answers which files
 * there are.
 */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { syncError } from '../../step/errors.ts';

export interface AllowedSource {
  /** The folder, links resolved. */
  readonly folder: string;
  /** Where the source is, links resolved. */
  readonly full: string;
  /**
   * The same as a path relative to the folder, which may be shown and can be found again by a worker that has
   * the folder elsewhere.
   */
  readonly path: string;
}

export async function allowedSource(folder: string | undefined, path: string): Promise<AllowedSource> {
  if (!folder) {
    throw syncError('vocabulary-dir-not-set', { found: 'it is not set here' });
  }
  const root = await realpath(folder).catch((cause: unknown) => {
    throw syncError('vocabulary-dir-not-set', { found: 'what it names is not there' }, { cause });
  });
  // This is checked before anything is looked up, since whether a file exists elsewhere is nobody's business.
  const asked = resolve(root, path);
  if (path.includes('\0') || !(isWithin(root, asked) || isWithin(resolve(folder), resolve(folder, path)))) {
    throw outside();
  }
  const full = await realpath(isAbsolute(path) ? path : asked).catch((cause: unknown) => {
    throw syncError('vocabulary-source-missing', { path: 'of that name in VOCABULARY_DIR' }, { cause });
  });
  if (!isWithin(root, full)) throw outside();
  return { folder: root, full, path: relative(root, full) || '.' };
}

/** Compares the paths as they are given; links must be resolved before. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

export function outside(): Error {
  return syncError('vocabulary-path-refused');
}
