import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { importMapsInTx } from '../../jobs/vocabulary/local-maps/import-csv.ts';
import { noun } from '../../sql/noun.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors, problem } from '../problems.ts';
import { ImportReportSchema } from '../schemas/local-map.ts';

const flag = (name: string, description: string) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((given) => given === 'true')
    .openapi({ param: { name, in: 'query' }, type: 'boolean', default: false, description });

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/vocabulary/local-maps/import',
  operationId: 'import-local-maps',
  tags: ['Local codes'],
  summary: 'Check a CSV file of maps, and import it',
  description:
    'Takes the columns of source_to_concept_map (or `system` for `source_vocabulary_id`) and the files that USAGI ' +
    'saves, of which only approved lines count. Without `apply` nothing is written: the answer tells what would be, ' +
    'and what speaks against it. With `apply` all is written or, where something speaks against it, nothing.',
  request: {
    query: z.object({
      apply: flag('apply', 'Write the maps, if nothing speaks against it.'),
      replace: flag('replace', 'Let stored maps of the same codes end, instead of being conflicts.'),
      system: z
        .string()
        .trim()
        .min(1)
        .max(255)
        .optional()
        .openapi({
          param: { name: 'system', in: 'query' },
          description: 'Code system of lines that name none, as in all files of USAGI.',
        }),
      source_vocabulary_id: z
        .string()
        .trim()
        .min(1)
        .max(20)
        .optional()
        .openapi({
          param: { name: 'source_vocabulary_id', in: 'query' },
          description: 'The same by its short name.',
        }),
    }),
    body: { required: true, content: { 'text/csv': { schema: z.string() } } },
  },
  responses: {
    200: {
      description: 'What is, or would be, written.',
      content: { 'application/json': { schema: ImportReportSchema } },
    },
    ...errors(
      'invalid-request',
      'local-maps-unreadable',
      'local-maps-refused',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const options = c.req.valid('query');
  const text = decoded(await c.req.arrayBuffer());
  const report = await sql.begin(async (tx) => {
    const found = await importMapsInTx(tx, text, options);
    if (found.applied)
      await audit(tx, c, {
        ...{ action: 'local-map.import', target: `local-map/${found.new}`, status: 200 },
        details: { new: found.new, replaced: found.replaced, unchanged: found.unchanged },
      });
    return found;
  });
  if (options.apply && !report.applied) {
    const faults = report.findings.filter((one) => one.level === 'error');
    throw problem(
      'local-maps-refused',
      `Of ${report.lines} ${noun(report.lines, 'line')} ${report.errors} cannot be taken as ${noun(report.errors, 'it is', 'they are')}, so nothing was written. ` +
        `Correct ${noun(report.errors, 'it', 'them')} and import again.`,
      { errors: faults.map((one) => ({ path: `line ${one.line}`, message: `${one.code}: ${one.message}` })) },
    );
  }
  return c.json({ ...report, kinds: [...report.kinds], findings: [...report.findings] }, 200);
};

function decoded(body: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw problem('local-maps-unreadable', 'Expected text in UTF-8. Save the file as "CSV UTF-8".');
  }
}
