/**
 * Idempotency-Key: whoever hears no answer to a request that starts something may send it again and starts nothing
 * twice. The key is taken in a commit of its own before the operation begins; the answer is kept after it. Where a
 * process dies between the two, the record says whether the operation was done, since that is written in the same
 * transaction as what it did: if not, the request is carried out now.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { z } from 'zod';
import type { Tx } from '../../sql/connect.ts';
import type { App, AppEnv } from '../app-env.ts';
import { problem } from '../problems.ts';
import { IDEMPOTENCY_KEY, IdempotencyHeader } from '../schemas/idempotency.ts';
import { waitedInVain } from './waiting-answer.ts';

/** Operations that take a key, by "METHOD /path" as the router has them. */
export type Idempotent = Set<string>;

const KEPT_MS = 24 * 3600 * 1000;
/** No request lasts longer: the server ends it after two minutes, and its statements before. */
const LONGEST_MS = 150_000;
const HEADERS = ['content-type', 'location'];

interface Row {
  readonly request_hash: Buffer;
  readonly request_id: string;
  readonly begun_at: Date;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: string | null;
}

/** `operations` is filled by nameIdempotent() once the routes are mounted. */
export function idempotency(operations: Idempotent): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const key = c.req.header(IDEMPOTENCY_KEY);
    const route = matchedRoutes(c).find(({ method }) => method !== 'ALL');
    if (key === undefined || !route) return await next();
    if (!operations.has(`${route.method} ${route.path}`)) {
      if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next();
      throw problem('invalid-request', 'This operation takes no Idempotency-Key: it would promise too much.');
    }
    // What is no key is told by the operation, as any other fault of a request.
    if (!IdempotencyHeader.safeParse({ [IDEMPOTENCY_KEY]: key }).success) return await next();
    const hashes = await hashesOf(c, key);
    const known = await take(c, hashes);
    if (known) return answerAgain(known);
    await next();
    await keepAnswer(c, hashes.key);
  };
}

export function nameIdempotent(app: App, operations: Idempotent): void {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, request } = definition.route;
    const headers = request?.headers;
    if (headers instanceof z.ZodObject && IDEMPOTENCY_KEY in headers.shape) {
      operations.add(`${method.toUpperCase()} ${path.replaceAll(/\/\{(.+?)\}/g, '/:$1')}`);
    }
  }
}

interface Hashes {
  readonly key: Buffer;
  readonly request: Buffer;
}

async function hashesOf(c: Context<AppEnv>, key: string): Promise<Hashes> {
  const url = new URL(c.req.url);
  const request = [c.req.method, url.pathname, url.search, await c.req.text()].join('\n');
  // Names are not unique, and connections may be taken from somebody: an answer is for who may still see it.
  const { via, person, name, connections } = c.var.caller;
  const whose = JSON.stringify([via, person, name, connections]);
  return {
    key: createHash('sha256').update(`${whose}\n${key}`).digest(),
    request: createHmac('sha256', key).update(request).digest(),
  };
}

/** Takes the key; or the kept answer, where the request was carried out before. */
async function take(c: Context<AppEnv>, hashes: Hashes): Promise<Row | undefined> {
  const { sql, clock } = c.var.services;
  const now = clock();
  return await sql.begin(async (tx) => {
    await tx`delete from idempotency_key where begun_at < ${new Date(now.getTime() - KEPT_MS)}`;
    const taken = await tx`
      insert into idempotency_key (key_hash, request_hash, request_id, begun_at)
      values (${hashes.key}, ${hashes.request}, ${c.var.requestId}, ${now})
      on conflict (key_hash) do nothing returning 1`;
    if (taken.length > 0) return undefined;
    const [row] = await tx<Row[]>`
      select request_hash, request_id, begun_at, status, headers, body from idempotency_key
      where key_hash = ${hashes.key} for update`;
    if (!row) throw busy();
    if (!row.request_hash.equals(hashes.request)) {
      throw problem(
        'idempotency-key-reused',
        'The key was sent before with another request. Expected a new key for each thing that is to be started.',
      );
    }
    const isOver = await waitedInVain(tx, row, now);
    if (row.status !== null && !isOver) return row;
    if (!isOver) {
      if (now.getTime() - row.begun_at.getTime() < LONGEST_MS) throw busy();
      await refuseDone(tx, row);
    }
    await tx`
      update idempotency_key set request_id = ${c.var.requestId}, begun_at = ${now}, status = null, headers = null,
        body = null
      where key_hash = ${hashes.key}`;
    return undefined;
  });
}

const busy = () =>
  problem('idempotency-key-busy', 'The first request with this key has not been answered yet. Ask again.');

/** Nothing is in the record of a request whose process died before its commit. */
async function refuseDone(tx: Tx, { request_id, begun_at }: Row): Promise<void> {
  const [done] = await tx<{ action: string; object: string }[]>`
    select action, object from audit_event
    where request_id = ${request_id} and outcome = 'done' and at > ${new Date(begun_at.getTime() - KEPT_MS)}
    order by event_id limit 1`;
  if (!done) return;
  throw problem(
    'idempotency-answer-lost',
    `The first request with this key was done (${done.action} ${done.object}), and a process ended before its answer ` +
      'was kept. Look there; nothing was started now.',
  );
}

function answerAgain({ status, headers, body }: Row): Response {
  // An answer without content must have no body, not even an empty one.
  return new Response(body === '' ? null : body, {
    status: status ?? 200,
    headers: { ...headers, 'idempotency-replayed': 'true' },
  });
}

/** What was done is answered so again. What was refused may be asked again, and be judged anew. */
async function keepAnswer(c: Context<AppEnv>, key: Buffer): Promise<void> {
  const { sql, clock } = c.var.services;
  const { status, headers } = c.res;
  if (status >= 500) {
    // It may have been done all the same: the next try asks the record, and need not wait for that.
    const over = new Date(clock().getTime() - LONGEST_MS);
    await sql`update idempotency_key set begun_at = least(begun_at, ${over}) where key_hash = ${key}`;
    return;
  }
  if (status >= 300 && !headers.has('location')) {
    await sql`delete from idempotency_key where key_hash = ${key}`;
    return;
  }
  const kept = Object.fromEntries(
    HEADERS.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const body = await c.res.clone().text();
  await sql`
    update idempotency_key set status = ${status}, headers = ${JSON.stringify(kept)}::text::jsonb, body = ${body}
    where key_hash = ${key}`;
}
