/**
 * Checks whether the disk of the database has room for more, before anything is downloaded or a vocabulary is
 * loaded. A full disk stops Postgres, and with it everything else, while waiting costs nothing. Postgres on
 * another machine cannot be inspected from here; its size can be bounded instead.
 */

import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Sql } from '../../sql/connect.ts';
import { namesDatabase } from '../../sql/database.ts';
import { DATABASE } from '../../sql/settings/database.ts';
import { LIMITS } from '../../sql/settings/program.ts';
import type { Clock } from './clock.ts';
import { syncError } from './errors.ts';
import { readSettings } from './settings.ts';

export interface Disk {
  /**
   * Throws `disk-low`, which says how much room there is and how much is wanted. `coming`: bytes that are
   * about to be written.
   */
  check(coming?: number): Promise<void>;
}

const SHAPE = { ...LIMITS, DATA_DIR: DATABASE.DATA_DIR };
const ASK_AGAIN_SECONDS = 60;
/** Postgres adds up the size of a database from all its files, so one answer serves for this long. */
const SIZE_IS_GOOD_MS = 15_000;
const MB = 1024 ** 2;
const GB = 1024 ** 3;

export function openDisk(env: NodeJS.ProcessEnv, { sql, clock }: { sql: Sql; clock: Clock }): Disk {
  const { MIN_FREE_DISK_MB: least, MAX_DATABASE_GB: most, DATA_DIR } = readSettings(SHAPE, env);
  const folder = namesDatabase(env) ? undefined : resolve(DATA_DIR);
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
