/**
 * Checks whether the disk of the database has room for more, before anything is downloaded or a vocabulary is
 * loaded. A full disk stops Postgres, and with it everything else, while waiting costs nothing. Postgres on
 * another machine cannot be inspected from here; its size can be bounded instead.
 */

import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Sql } from '../../sql/connect.ts';
import { namesDatabase } from '../../sql/database.ts';
import type { Clock } from './clock.ts';
import { syncError } from './errors.ts';

export interface Disk {
  /**
   * Throws `disk-low`, which says how much room there is and how much is wanted. `coming`: bytes that are
   * about to be written.
   */
  check(coming?: number): Promise<void>;
}

const DEFAULT_FREE_MB = 1024;
const ASK_AGAIN_SECONDS = 60;
/** Postgres adds up the size of a database from all its files, so one answer serves for this long. */
const SIZE_IS_GOOD_MS = 15_000;
const MB = 1024 ** 2;
const GB = 1024 ** 3;

export function openDisk(env: NodeJS.ProcessEnv, { sql, clock }: { sql: Sql; clock: Clock }): Disk {
  const least = readNumber(env, 'MIN_FREE_DISK_MB') ?? DEFAULT_FREE_MB;
  const most = readNumber(env, 'MAX_DATABASE_GB');
  const folder = namesDatabase(env) ? undefined : resolve(env['DATA_DIR'] || '.data');
  let size = { bytes: 0, at: Number.NEGATIVE_INFINITY };

  async function databaseBytes(): Promise<number> {
    const now = clock().getTime();
    if (now - size.at < SIZE_IS_GOOD_MS) return size.bytes;
    const [row] = await sql<{ bytes: number }[]>`
      select pg_database_size(current_database())::float8 as bytes`;
    size = { bytes: row?.bytes ?? 0, at: now };
    return size.bytes;
  }

  return {
    async check(coming = 0) {
      const comes = coming > 0 ? `, beside ${Math.ceil(coming / MB)} MB that are to come` : '';
      if (folder !== undefined) {
        const { bavail, bsize } = await statfs(folder);
        const free = Math.floor((bavail * bsize) / MB);
        if (free - coming / MB < least) {
          const wanted = `${least} are wanted (MIN_FREE_DISK_MB)${comes}`;
          throw low(`${free} MB are free where the database is, ${wanted}`);
        }
      }
      if (most !== undefined) {
        const bytes = await databaseBytes();
        if (bytes + coming > most * GB) {
          const has = `the database has ${(bytes / GB).toFixed(3)} GB`;
          throw low(`${has}, it may have ${most} (MAX_DATABASE_GB)${comes}`);
        }
      }
    },
  };
}

function low(what: string) {
  return syncError('disk-low', { found: what }, { retryAfterSeconds: ASK_AGAIN_SECONDS });
}

function readNumber(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw syncError('setting-invalid', { faults: `${name}: expected a number that is not negative` });
}
