import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { startVocabularyLoadInTx } from '../../jobs/operator/start-vocabulary-load.ts';
import { allowedSource } from '../../jobs/vocabulary/load/allowed-source.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors, problem } from '../problems.ts';
import { selectLoads } from '../reads/vocabulary-loads.ts';
import { IDEMPOTENCY_ERRORS, IdempotencyHeader } from '../schemas/idempotency.ts';
import { FOLLOWED_AT } from '../schemas/started-run.ts';
import { VocabularyLoadSchema } from '../schemas/vocabulary-load.ts';

const StartVocabularyLoadSchema = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .max(1000)
      .describe(
        "Athena's download on the server: a zip, or the folder it was unpacked to; from VOCABULARY_DIR, and in it.",
      ),
  })
  .openapi('StartVocabularyLoad', { example: { path: 'vocabulary_download_v5.zip' } });

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/vocabulary/loads',
  operationId: 'start-vocabulary-load',
  tags: ['Vocabulary'],
  summary: 'Load a vocabulary from a folder of the server',
  description:
    'Answers at once; a worker loads it beside the release in use, which takes minutes on a full release, and then ' +
    'swaps it in at one moment. Follow it at the address in Location. One load at a time.',
  request: {
    headers: IdempotencyHeader,
    body: { required: true, content: { 'application/json': { schema: StartVocabularyLoadSchema } } },
  },
  responses: {
    202: {
      description: 'The load is queued.',
      headers: FOLLOWED_AT,
      content: { 'application/json': { schema: VocabularyLoadSchema } },
    },
    ...errors(
      'invalid-request',
      ...IDEMPOTENCY_ERRORS,
      'malformed-json',
      'vocabulary-path-refused',
      'vocabulary-source-missing',
      'vocabulary-dir-not-set',
      'vocabulary-load-running',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock, config } = c.var.services;
  const { path } = await allowedSource(config.vocabularyDir, c.req.valid('json').path);
  const requested_by = asTrigger(c.var.caller);
  const load_id = await sql.begin(async (tx) => {
    const started = await startVocabularyLoadInTx(tx, { queue, clock }, { path, requested_by });
    await audit(tx, c, { action: 'vocabulary.load', target: `vocabulary-load/${started}`, status: 202 });
    return started;
  });
  const [load] = await selectLoads(sql, clock(), { load_id, limit: 1 });
  if (!load) throw problem('vocabulary-load-not-found', `There is no load ${load_id}. List the loads.`);
  return c.json(load, 202, { location: `/api/v1/admin/vocabulary/loads/${load_id}` });
};
