import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { FIELDS } from '../../jobs/record/events.ts';
import { sealEvents } from '../../jobs/record/seal.ts';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { csvHeaders, csvOf } from '../csv.ts';
import { errors } from '../problems.ts';
import { type AuditRow, readAudit } from '../reads/audit.ts';
import { AuditQuery } from '../schemas/audit.ts';

const COLUMNS = ['seal_no', ...FIELDS] as const;
const MOST = 1_000_000;
const NDJSON = 'application/x-ndjson';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/audit/export',
  operationId: 'export-audit',
  tags: ['Record'],
  summary: 'Get the record as CSV or NDJSON',
  description:
    'Sealed before it is read. At most a million events, the newest first. Recorded as a read itself.',
  request: {
    query: z.object({
      ...AuditQuery,
      format: z
        .enum(['csv', 'ndjson'])
        .default('csv')
        .openapi({
          param: { name: 'format', in: 'query' },
          description: 'Table, or a line of JSON an event.',
        }),
    }),
  },
  responses: {
    200: {
      description: 'The file.',
      content: { 'text/csv': { schema: z.string() }, [NDJSON]: { schema: z.string() } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { format, ...asked } = c.req.valid('query');
  await sealEvents({ sql, clock });
  const rows = await readAudit(sql, asked, { limit: MOST });
  await auditRead(c, { action: 'audit.export', target: 'audit', details: { rows: rows.length, format } });
  return format === 'csv'
    ? c.body(csvOf(COLUMNS, rows.map(asCells)), 200, csvHeaders('audit.csv'))
    : c.body(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), 200, { 'content-type': NDJSON });
};

/** What has parts is one cell of JSON. */
function asCells({ before, after, details, ...row }: AuditRow) {
  const cell = (facts: AuditRow['details']) => (facts === null ? null : JSON.stringify(facts));
  return { ...row, before: cell(before), after: cell(after), details: cell(details) };
}
