/**
 * Where root keeps what the embedded server's account must reach and DATA_DIR is closed to, such as in a home of mode
 * 700: a folder that nobody but root can have made. A folder in /var/tmp with a name that can be guessed would be
 * whoever's who made it first.
 */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname } from 'node:path';
import { demandOwnFolder } from '../private-file.ts';

const USUAL = '/var/lib/fhir-omop-sync';
/** Where the usual place cannot be made, as on a read-only root. The name is random and is remembered. */
const OTHERWISE = '/var/tmp/fhir-omop-sync-';

/** Makes the folder, or takes the one that DATA_DIR remembers, and checks that it is ours alone. */
export function ownHome(remembered: string | undefined, owner: number): string {
  const home = remembered ?? usualHome(USUAL, owner) ?? mkdtempSync(OTHERWISE);
  // Others pass through it to what lies inside, each of which has a mode of its own.
  if (remembered === undefined && home !== USUAL) chmodSync(home, 0o711);
  demandOwnFolder(home, { owner, forbidden: 0o022 });
  return home;
}

function usualHome(path: string, owner: number): string | undefined {
  try {
    const parent = lstatSync(dirname(path));
    if (!parent.isDirectory() || parent.uid !== owner || parent.mode & 0o022) return undefined;
    mkdirSync(path, { mode: 0o711 });
    chmodSync(path, 0o711);
    return path;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code === 'EEXIST') return path;
    if (code === 'EROFS' || code === 'ENOENT' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
