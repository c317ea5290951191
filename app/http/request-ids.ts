/**
 * Every request has an id of our own, which finds it in log and audit. What the caller calls it (X-Request-Id) is
 * logged beside that, bounded and cleaned: an id that callers choose proves nothing, and could be given twice.
 */
import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../app-env.ts';

const LONGEST = 100;

export const requestIds: MiddlewareHandler<AppEnv> = async (c, next) => {
  const id = c.env?.inside?.requestId ?? randomUUID();
  c.set('requestId', id);
  c.set('callersRequestId', cleanId(c.req.header('x-request-id')));
  await next();
  c.header('x-request-id', id);
};

/** Letters, digits and the marks that ids are made of; undefined where nothing of it is left. */
function cleanId(given: string | undefined): string | undefined {
  return given?.slice(0, LONGEST).replaceAll(/[^\w.:/+=@-]/g, '') || undefined;
}
