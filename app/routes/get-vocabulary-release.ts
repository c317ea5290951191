import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { listParts, listReleases, type Release } from '../../jobs/vocabulary/releases.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { ReleasesSchema } from '../schemas/vocabulary.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/vocabulary/release',
  operationId: 'get-vocabulary-release',
  tags: ['Vocabulary'],
  summary: 'Which vocabulary is loaded',
  description: 'The current release with its vocabularies, and the releases before it.',
  responses: {
    200: { description: 'The releases.', content: { 'application/json': { schema: ReleasesSchema } } },
    ...errors(),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const releases = await listReleases(sql);
  const current = releases.find((release) => release.is_current);
  return c.json(
    {
      current: current ? shown(current) : null,
      vocabularies: current ? [...(await listParts(sql, current.release_id))] : [],
      earlier: releases.filter((release) => !release.is_current).map(shown),
    },
    200,
  );
};

function shown({ is_current, loaded_at, ...release }: Release) {
  return { ...release, loaded_at: loaded_at.toISOString() };
}
