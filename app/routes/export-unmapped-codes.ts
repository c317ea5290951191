import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { selectUnmapped } from '../../jobs/vocabulary/unmapped/worklist.ts';
import type { AppEnv } from '../app-env.ts';
import { auditRead } from '../audit.ts';
import { csvHeaders, csvOf } from '../csv.ts';
import { errors } from '../problems.ts';
import { WorklistQuery } from '../schemas/unmapped.ts';

/** The first three are what USAGI asks for when it imports codes. */
const COLUMNS = [
  ...(['code', 'display', 'records', 'system', 'persons', 'resource_type', 'element'] as const),
  ...([
    'expected_domains',
    'first_seen',
    'last_seen',
    'share',
    'cumulative_share',
    'has_map',
    'code_id',
  ] as const),
];
const MOST = 1_000_000;

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/unmapped/export',
  operationId: 'export-unmapped-codes',
  tags: ['Local codes'],
  summary: 'Get the worklist as CSV',
  description: 'Code, display and records are what USAGI imports. Words that few persons have are left out.',
  request: { query: z.object(WorklistQuery) },
  responses: {
    200: { description: 'The file.', content: { 'text/csv': { schema: z.string() } } },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { q, ...filter } = c.req.valid('query');
  const rows = await selectUnmapped(c.var.services.sql, {
    ...filter,
    connections: c.var.caller.connections,
    search: q,
    only_told: true,
    limit: MOST,
  });
  const shown = rows.map((row) => ({ ...row, expected_domains: row.expected_domains.join(' | ') }));
  await auditRead(c, { action: 'unmapped.export', target: 'vocabulary', details: { rows: rows.length } });
  return c.body(csvOf(COLUMNS, shown), 200, csvHeaders('unmapped-codes.csv'));
};
