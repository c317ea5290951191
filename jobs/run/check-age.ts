/**
 * Gives up an export that the server has been preparing for longer than the connection allows, whichever step
 * notices.
 */
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import type { Run } from '../step/run.ts';

export function checkAge(run: Run, connection: Connection, now: Date): void {
  const hours = (now.getTime() - (run.kick_off_started_at ?? run.created_at).getTime()) / 3_600_000;
  if (hours <= connection.config.limits.export_max_hours) return;
  throw syncError('export-too-long', {
    hours: Math.floor(hours),
    limit: connection.config.limits.export_max_hours,
  });
}
