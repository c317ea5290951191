/** `audit export`: the whole record as NDJSON or CSV. */
import { must } from '../../../../openapi/client/index.ts';
import { AUDIT_OPTIONS, auditQuery } from '../../audit-filter.ts';
import { withApi } from '../../session.ts';
import { sayFile } from '../../terminal.ts';
import { fileVerb } from '../../verb.ts';

export const exportAudit = fileVerb('export', 'All of the record as NDJSON, or as CSV.', [
  'audit export > record.ndjson',
  'audit export --csv --since 2026-11-01T00:00:00Z > november.csv',
])
  .option(...AUDIT_OPTIONS.actor)
  .option(...AUDIT_OPTIONS.action)
  .option(...AUDIT_OPTIONS.object)
  .option(...AUDIT_OPTIONS.since)
  .option(...AUDIT_OPTIONS.until)
  .option('--csv', 'as CSV')
  .action((options) =>
    withApi(options, async (api) => {
      const query = { ...auditQuery(options), format: options.csv ? ('csv' as const) : ('ndjson' as const) };
      const parameters = { params: { query }, parseAs: 'text' as const };
      sayFile(must(await api.GET('/api/v1/admin/audit/export', parameters)));
    }),
  );
