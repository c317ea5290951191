import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { mapCodesInTx, previewCodes } from '../../jobs/operator/map-unmapped-codes.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { shownReport } from '../schemas/remap.ts';
import { MapCodesSchema, MappedCodesSchema } from '../schemas/unmapped.ts';

/** Codes that a preview lists. */
const SHOWN = 100;

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/vocabulary/unmapped/map',
  operationId: 'map-unmapped-codes',
  tags: ['Local codes'],
  summary: 'Map many unmapped codes, with a look at what a remap changes',
  description:
    'All of them or none. Without `apply` nothing is written: the answer tells what speaks against the maps, and what a ' +
    'remap of the connections that use the codes would change. A code that is mapped to 0 leaves the worklist; its rows ' +
    'have concept 0 already. As soon as the vocabulary answers for it, that answer holds.',
  request: {
    headers: IdempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: MapCodesSchema } } },
  },
  responses: {
    200: {
      description: 'What is, or would be, done.',
      content: { 'application/json': { schema: MappedCodesSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'unmapped-code-not-found',
      'vocabulary-not-loaded',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  const { maps, apply, ...options } = c.req.valid('json');
  const wanted = { ...options, decisions: maps, triggered_by: asTrigger(c.var.caller) };
  if (!apply) {
    const { said, changes } = await previewCodes({ sql, clock }, wanted);
    const report = changes ? shownReport(changes, SHOWN) : null;
    return c.json({ applied: false, said: shown(said), changes: report, remaps: [] }, 200);
  }
  const done = await sql.begin(async (tx) => {
    const written = await mapCodesInTx(tx, { queue, clock }, wanted);
    if (written.refused) return written;
    const runs = written.remaps.map(({ run_id }) => run_id).filter((run) => run !== null);
    for (const { code_id, target_concept_id } of maps) {
      const target = `unmapped/${code_id}/${target_concept_id}`;
      await audit(tx, c, { action: 'unmapped.map', target, status: 200, details: { runs } });
    }
    return written;
  });
  return c.json({ applied: !done.refused, said: shown(done.said), changes: null, remaps: done.remaps }, 200);
};

function shown<T extends { readonly code_id: number; readonly findings: readonly unknown[] }>(
  said: readonly T[],
) {
  return said.map((one) => ({ ...one, findings: [...one.findings] as T['findings'][number][] }));
}
