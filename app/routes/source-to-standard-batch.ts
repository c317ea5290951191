import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { sourceToStandard } from '../../jobs/vocabulary/resolve/source-to-standard.ts';
import type { AppEnv } from '../app-env.ts';
import { codeSettings, mappedCode } from '../code-settings.ts';
import { errors } from '../problems.ts';
import { MappedBatchSchema, MOST_CODES, SourceBatchSchema } from '../schemas/vocabulary.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/vocabulary/source-to-standard/batch',
  operationId: 'source-to-standard-batch',
  tags: ['Vocabulary'],
  summary: `What up to ${MOST_CODES} codes are mapped to`,
  description: 'Answers in the order asked, all from one release. Changes nothing.',
  request: {
    body: { required: true, content: { 'application/json': { schema: SourceBatchSchema } } },
  },
  responses: {
    200: {
      description: 'What each code leads to.',
      content: { 'application/json': { schema: MappedBatchSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'connection-not-found',
      'vocabulary-not-loaded',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { codes, ...site } = c.req.valid('json');
  const answers = await sourceToStandard(sql, codes, await codeSettings(sql, c.var.caller, site), clock());
  return c.json({ ...answers, codes: answers.codes.map(mappedCode) }, 200);
};
