/**
 * Requests that our own pages make of the API in this process, as the person who is signed in. They pass the same
 * guards, checks and handlers as anybody's; what the browser's request has settled already (who, from where, under
 * which id) comes along beside the request, where no client can put anything.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { type ApiClient, createClient } from '../openapi/client/index.ts';
import type { App, AppEnv, Inside } from './app-env.ts';
import type { Caller } from './caller.ts';

export function isInside(c: Context<AppEnv>): boolean {
  return c.env?.inside !== undefined;
}

/** The generated client, speaking to `app` without a port. */
export function apiInside(
  app: App,
  c: Context<AppEnv>,
  caller: Caller,
  onStep?: Inside['onStep'],
): ApiClient {
  const inside: Inside = { caller, requestId: c.var.requestId, onStep };
  return createClient({
    // The name by which the browser reached us was judged already, and is nobody's business here.
    baseUrl: 'http://localhost',
    fetch: async (request) => app.fetch(request, { inside }),
  });
}

/** Recognises the person of a page; others go to `otherwise`. */
export function insideOr(otherwise: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const inside = c.env?.inside;
    if (inside === undefined) return await otherwise(c, next);
    c.set('caller', inside.caller);
    c.set('address', inside.caller.address);
    await next();
  };
}
