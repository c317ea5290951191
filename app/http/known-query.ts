/**
 * Refuses query parameters that an operation does not have. A misspelt filter would otherwise be ignored, and the
 * answer be that to another question: `?resource_typ=Patient` would list everything.
 */
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { z } from 'zod';
import { clean } from '../../jobs/step/clean.ts';
import type { App, AppEnv } from '../app-env.ts';
import { problem } from '../problems.ts';

/** Names of the query parameters, by "METHOD /path" as the router has them. */
export type Queries = Map<string, readonly string[]>;

/** `queries` is filled by nameQueries() once the routes are mounted. */
export function knownQuery(queries: Queries): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const route = matchedRoutes(c).find(({ method }) => method !== 'ALL');
    const known = route && queries.get(`${route.method} ${route.path}`);
    const unknown = known && Object.keys(c.req.query()).find((name) => !known.includes(name));
    if (known && unknown !== undefined) {
      const expected = known.length === 0 ? 'no query parameters' : `only ${known.join(', ')}`;
      const name = clean(unknown, 100);
      const message = `Unknown query parameter. Expected ${expected}.`;
      throw problem('invalid-request', `${name}: ${message}`, { errors: [{ path: name, message }] });
    }
    await next();
  };
}

export function nameQueries(app: App, queries: Queries): void {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, request } = definition.route;
    const query = request?.query;
    queries.set(
      `${method.toUpperCase()} ${path.replaceAll(/\/\{(.+?)\}/g, '/:$1')}`,
      query instanceof z.ZodObject ? Object.keys(query.shape) : [],
    );
  }
}
