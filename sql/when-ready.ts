/**
 * Waits for a Postgres that is starting: machines and containers come up in any order, and recovery from a
 * crash takes time.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from './connect.ts';

/**
 * cannot_connect_now: the server is there, but is starting or recovering. A wrong address or password fails
 * at once.
 */
const STARTING = '57P03';

export async function whenReady(sql: Sql, tries = 120, pauseMs = 500): Promise<void> {
  for (let n = 1; ; n++) {
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
      if (code !== STARTING || n >= tries) throw error;
      await wait(pauseMs);
    }
  }
}
