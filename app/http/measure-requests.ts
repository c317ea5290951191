/** Measures and traces the requests to operations of the API; pages and probes are left out. */
import { performance } from 'node:perf_hooks';
import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { classOfStatus } from '../../jobs/outbound/measured.ts';
import type { AppEnv } from '../app-env.ts';

/** `operations`: by "METHOD /path" as the router has them; filled once the routes are mounted. */
export function measureRequests(operations: ReadonlyMap<string, string>): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { meters, traces } = c.var.services;
    if (!meters && !traces) return await next();
    const route = () => matchedRoutes(c).find(({ method }) => method !== 'ALL');
    const since = performance.now();
    if (traces) {
      const answered = () => ({ route: route()?.path ?? '', status: c.res.status });
      const traceparent = c.req.header('traceparent');
      await traces.api({ method: c.req.method, traceparent, answered }, next);
    } else {
      await next();
    }
    const found = route();
    // A path that nobody knows is no operation: its name would be the caller's choice.
    const label = found && operations.get(`${found.method} ${found.path}`);
    if (label === undefined) return;
    const outcome = classOfStatus(c.res.status);
    meters?.observe({ name: 'api-request', label, outcome }, (performance.now() - since) / 1000);
  };
}
