/** Gives up what takes longer at the server than the connection allows, whichever step notices. */
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import type { Run } from '../step/run.ts';

/** An export, from its kick-off to its last file. */
export function checkAge(run: Run, connection: Connection, now: Date): void {
  const limit = connection.config.limits.export_max_hours;
  const hours = hoursSince(run.kick_off_started_at ?? run.created_at, now);
  if (hours > limit) throw syncError('export-too-long', { hours: Math.floor(hours), limit });
}

/** Searches and reads, which begin when it is known what is to be asked; a retry begins anew. */
export function checkAsking(run: Run, connection: Connection, now: Date): void {
  const limit = connection.config.limits.export_max_hours;
  const times = [run.created_at, run.manifest_at, run.hydrating_since, run.retried_at];
  const begins = times.flatMap((at) => at?.getTime() ?? []);
  const hours = hoursSince(new Date(Math.max(...begins)), now);
  if (hours > limit) throw syncError('asking-too-long', { hours: Math.floor(hours), limit });
}

const hoursSince = (begin: Date, now: Date): number => (now.getTime() - begin.getTime()) / 3_600_000;
