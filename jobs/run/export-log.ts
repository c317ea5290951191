/**
 * Logs the events of the Bulk Data export log (SMART's "bulk-data-client" logVersion 2, which Cumulus reads).
 * To get them, filter the log for `exportId`, and take `exportId`, `timestamp`, `eventId` and `eventDetail`.
 * Never log a URL here, since it may be signed.
 */
import type { Deps } from '../step/deps.ts';

type ExportEvent =
  | 'kickoff'
  | 'status_progress'
  | 'status_complete'
  | 'manifest_complete'
  | 'download_request'
  | 'download_complete'
  | 'download_error'
  | 'export_complete';

export function logExport(
  { log, clock }: Pick<Deps, 'log' | 'clock'>,
  run: { readonly run_id: number; readonly part: string },
  eventId: ExportEvent,
  eventDetail: Readonly<Record<string, unknown>>,
): void {
  const exportId = `run-${run.run_id}-${run.part}`;
  const level = eventId === 'download_error' ? 'warn' : 'info';
  log[level](
    { run_id: run.run_id, exportId, timestamp: clock().toISOString(), eventId, eventDetail },
    `export log: ${eventId}`,
  );
}
