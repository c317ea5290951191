/**
 * Until when a connection with a schedule may be without a completed sync: the first that is due after the last success,
 * or after the schedule was set, and some hours. It is stored with the connection, so that whoever reads the database
 * can tell that nobody syncs, also when no worker runs that could.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { dueSyncs } from '../connection/due-sync.ts';
import { nextTimes } from '../connection/schedule.ts';
import { alertSettings } from '../connection/sync-config.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

export interface Heard {
  readonly connection_id: number;
  /** As stored. */
  readonly sync_config: unknown;
  /** When its last completed run ended. */
  readonly last_success: Date | null;
}

export interface Silence {
  /** From when on nothing has been heard. */
  readonly heard: Date;
  readonly due: Date;
  readonly silent_after: Date;
}

/** undefined without a schedule. */
export async function silenceOf(sql: Sql | Tx, connection: Heard): Promise<Silence | undefined> {
  const [stored] = await dueSyncs(sql, connection.connection_id);
  if (!stored) return undefined;
  const { schedule, set_at } = stored;
  const heard = new Date(Math.max(connection.last_success?.getTime() ?? 0, set_at.getTime()));
  const [due] = nextTimes(schedule, heard, 1);
  if (!due) return undefined;
  const { silent_hours } = alertSettings(connection.sync_config);
  const patience = silent_hours * HOUR + (schedule.jitter_minutes ?? 0) * MINUTE;
  return { heard, due, silent_after: new Date(due.getTime() + patience) };
}

export async function storeSilence(
  sql: Sql | Tx,
  connectionId: number,
  silence: Silence | undefined,
): Promise<void> {
  const at = silence?.silent_after ?? null;
  await sql`
    update connection set silent_after = ${at}
    where connection_id = ${connectionId} and silent_after is distinct from ${at}::timestamptz`;
}
