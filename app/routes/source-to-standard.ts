import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { sourceToStandard } from '../../jobs/vocabulary/resolve/source-to-standard.ts';
import type { AppEnv } from '../app-env.ts';
import { codeSettings, mappedCode } from '../code-settings.ts';
import { errors } from '../problems.ts';
import { MappedOneSchema, SourceQuery } from '../schemas/vocabulary.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/vocabulary/source-to-standard',
  operationId: 'source-to-standard',
  tags: ['Vocabulary'],
  summary: 'What a code is mapped to',
  description: 'Answers what a sync does with the code at this moment, by the same code.',
  request: { query: SourceQuery },
  responses: {
    200: {
      description: 'What the code leads to; empty where it leads nowhere.',
      content: { 'application/json': { schema: MappedOneSchema } },
    },
    ...errors('invalid-request', 'connection-not-found', 'vocabulary-not-loaded'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { system, code, ...site } = c.req.valid('query');
  const settings = await codeSettings(sql, c.var.caller, site);
  const { codes, ...release } = await sourceToStandard(sql, [{ system, code }], settings, clock());
  const [found] = codes.map(mappedCode);
  if (!found) throw new Error('one code was asked and none was answered');
  return c.json({ ...release, ...found }, 200);
};
