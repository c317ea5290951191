/** What DATA_DIR remembers of the embedded server, in a file that only its owner may open: it holds the password. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivate } from '../private-file.ts';

export interface State {
  port: number;
  password: string;
  /** Folder of the cluster, when it is not in DATA_DIR. */
  place?: string;
  /** Folder that holds the cluster and the programs, when it is not the usual one. */
  home?: string;
  /** Whether initdb has finished. A cluster without this was cut short and is created again. */
  initialised?: boolean;
}

export function readState(dataDir: string): State {
  const file = fileIn(dataDir);
  return existsSync(file)
    ? JSON.parse(readPrivate(file))
    : { port: 0, password: randomBytes(18).toString('base64url') };
}

export function saveState(dataDir: string, state: State): void {
  writeFileSync(fileIn(dataDir), JSON.stringify(state), { mode: 0o600 });
}

const fileIn = (dataDir: string) => join(dataDir, 'postgres.json');
