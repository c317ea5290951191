/**
 * Which files of the server a load by API may read: those in one folder (VOCABULARY_DIR), links resolved. Whoever
 * holds the token could otherwise have any file read, and learn from the answers which there are.
 */
import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { giveUp } from '../../step/errors.ts';

export interface AllowedSource {
  /** The folder, links resolved. */
  readonly folder: string;
  /** Where the source is, links resolved. */
  readonly full: string;
  /** The same, from the folder: what may be shown, and found again by a worker that has the folder elsewhere. */
  readonly path: string;
}

export async function allowedSource(folder: string | undefined, path: string): Promise<AllowedSource> {
  if (!folder) {
    throw giveUp(
      'vocabulary-dir-not-set',
      'VOCABULARY_DIR is not set here. Set it, for the API and the workers, to the folder where vocabulary downloads are put.',
    );
  }
  const root = await realpath(folder).catch((cause: unknown) => {
    throw giveUp(
      'vocabulary-dir-not-set',
      'The folder that VOCABULARY_DIR names is not there. Create it, or correct the setting.',
      { cause },
    );
  });
  // Before anything is looked up: whether a file elsewhere exists is nobody's business.
  const asked = resolve(root, path);
  if (path.includes('\0') || !(isWithin(root, asked) || isWithin(resolve(folder), resolve(folder, path)))) {
    throw outside();
  }
  const full = await realpath(isAbsolute(path) ? path : asked).catch((cause: unknown) => {
    throw giveUp(
      'vocabulary-source-missing',
      'There is no such file or folder in VOCABULARY_DIR. Give the path from there, such as "2026-02.zip".',
      { cause },
    );
  });
  if (!isWithin(root, full)) throw outside();
  return { folder: root, full, path: relative(root, full) || '.' };
}

/** Both with their links resolved. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

export function outside(): Error {
  return giveUp(
    'vocabulary-path-refused',
    'Expected a path in the folder that VOCABULARY_DIR names; this one, or a link in it, leads elsewhere. Put the download there.',
  );
}
