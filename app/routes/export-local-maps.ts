import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { selectMaps } from '../../jobs/vocabulary/local-maps/stored.ts';
import { dayOf } from '../../jobs/vocabulary/resolve/state.ts';
import type { AppEnv } from '../app-env.ts';
import { csvHeaders, csvOf } from '../csv.ts';
import { errors } from '../problems.ts';
import { MapFilterQuery } from '../schemas/local-map.ts';

const COLUMNS = [
  ...(['source_code', 'source_concept_id', 'source_vocabulary_id', 'source_code_description'] as const),
  ...(['target_concept_id', 'target_vocabulary_id', 'valid_start_date', 'valid_end_date'] as const),
  ...(['system', 'target_name', 'target_domain', 'state'] as const),
];
const MOST = 1_000_000;

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/local-maps/export',
  operationId: 'export-local-maps',
  tags: ['Local codes'],
  summary: 'Get the maps as CSV',
  description:
    'The columns of source_to_concept_map and what helps to read them. The import takes the file as it is.',
  request: { query: z.object(MapFilterQuery) },
  responses: {
    200: { description: 'The file.', content: { 'text/csv': { schema: z.string() } } },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { q, ...filter } = c.req.valid('query');
  const rows = await selectMaps(sql, { ...filter, search: q, limit: MOST }, dayOf(clock()));
  const shown = rows.map(({ systems, ...row }) => ({ ...row, system: systems[0] }));
  return c.body(csvOf(COLUMNS, shown), 200, csvHeaders('local-maps.csv'));
};
