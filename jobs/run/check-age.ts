/** An export that a server prepares for longer than the connection allows is given up, whichever step notices. */
import type { Connection } from '../connection/connection.ts';
import { giveUp } from '../step/errors.ts';
import type { Run } from '../step/run.ts';

export function checkAge(run: Run, connection: Connection, now: Date): void {
  const hours = (now.getTime() - (run.kick_off_started_at ?? run.created_at).getTime()) / 3_600_000;
  if (hours <= connection.config.limits.export_max_hours) return;
  throw giveUp(
    'export-too-long',
    `The server has been preparing the export for ${Math.floor(hours)} hours, longer than sync_config.limits.export_max_hours ` +
      `(${connection.config.limits.export_max_hours}). Raise the limit, or ask for fewer types at a time.`,
  );
}
