/** A run as a row of a table. */
import type { Schemas } from '../../openapi/client/index.ts';

export function runRow(run: Schemas['Run'], names: ReadonlyMap<number, string>) {
  const site = names.get(run.connection_id) ?? '';
  return {
    ...{ run: run.run_id, site, status: run.status, mode: run.mode, started: run.created_at.slice(0, 19) },
    ...{ seconds: run.duration_seconds, extracted: run.records_extracted, unchanged: run.records_skipped },
    ...{ loaded: run.records_loaded, excluded: run.records_excluded, failed: run.records_failed },
    ...{ parked: run.records_parked, removed: run.records_removed },
    error: run.error?.code ?? (run.retrying && `${run.retrying.code}, tried again`),
  };
}
