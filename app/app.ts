/** The HTTP API as a function from requests to responses. It opens no port, so tests call app.request(). */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { mountPages } from './admin/mount.ts';
import type { App, AppEnv, Services } from './app-env.ts';
import { authenticate } from './auth/authenticate.ts';
import { authorize, nameOperations } from './auth/authorize.ts';
import { pageHeaders } from './auth/page.ts';
import { mountSignIn } from './auth/sign-in.ts';
import { type Caller, NOBODY } from './caller.ts';
import { apiDocument } from './document.ts';
import { fitText } from './http/fit-text.ts';
import { type Idempotent, idempotency, nameIdempotent } from './http/idempotency.ts';
import { knownQuery, nameQueries, type Queries } from './http/known-query.ts';
import { measureRequests } from './http/measure-requests.ts';
import { rateLimit } from './http/rate-limit.ts';
import { requestIds } from './http/request-ids.ts';
import { securityHeaders } from './http/security-headers.ts';
import { whereFrom } from './http/where-from.ts';
import { insideOr, isInside } from './inside.ts';
import { answer, answerError, invalidRequest, problem } from './problems.ts';
import { route as importLocalMaps } from './routes/import-local-maps.ts';
import { mountRoutes } from './routes/index.ts';

const BODY_LIMIT = 1024 * 1024;
/** Room for a file of some hundred thousand local maps. */
const FILE_LIMIT = 32 * 1024 * 1024;

export function createApp(services: Services): App {
  const app: App = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error);
    },
  });
  app.use(async (c, next) => {
    c.set('services', services);
    c.set('caller', NOBODY);
    c.set('address', null);
    c.set('secure', false);
    await next();
  });
  app.use(
    requestIds,
    accessLog,
    securityHeaders,
    pageHeaders,
    whereFrom,
    rateLimit(services.config.requestsPerMinute ?? 0),
  );
  const operations = new Map<string, string>();
  const { caller } = services;
  app.use('/api/*', measureRequests(operations));
  app.use('/api/*', insideOr(caller ? knownCaller(caller) : authenticate), authorize(operations));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, allowed) => {
        const detail = `Expected one of ${allowed.join(', ')}, got ${c.req.method}.`;
        return answer(problem('method-not-allowed', detail, { headers: { allow: allowed.join(', ') } }), c);
      },
    }),
  );
  mountSignIn(app);
  mountPages(app);
  const queries: Queries = new Map();
  app.use(
    expectedType,
    limitBody(BODY_LIMIT, (path) => !takesFile(path)),
    limitBody(FILE_LIMIT, takesFile),
    fitText,
  );
  const idempotent: Idempotent = new Set();
  app.use('/api/*', knownQuery(queries), idempotency(idempotent));

  mountRoutes(app);
  nameOperations(app, operations);
  nameQueries(app, queries);
  nameIdempotent(app, idempotent);
  const document = JSON.stringify(apiDocument());
  app.get('/openapi.json', (c) => c.body(document, 200, { 'content-type': 'application/json' }));

  app.notFound((c) =>
    answer(problem('not-found', 'The document at /openapi.json lists the paths there are.'), c),
  );
  app.onError((error, c) => answerError(error, c));
  return app;
}

const knownCaller =
  (caller: Caller): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    c.set('caller', caller);
    await next();
  };

/** Logs the path without its query, and neither headers nor bodies, because logs are kept and copied. */
const accessLog: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { log, clock } = c.var.services;
  const since = clock().getTime();
  await next();
  // The request of the browser stands for those that its page makes.
  if (isInside(c)) return;
  log.info(
    {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: clock().getTime() - since,
      request_id: c.var.requestId,
      callers_request_id: c.var.callersRequestId,
      actor: c.var.caller.name,
      address: c.var.address,
    },
    'request',
  );
};

/**
 * Refuses a body of another content type than the path expects; hono would read such a body as an empty one.
 */
const expectedType: MiddlewareHandler<AppEnv> = async (c, next) => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const hasBody =
    Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined;
  const expected = takesFile(c.req.path) ? 'text/csv' : 'application/json';
  // Which of these it takes is the library's rule.
  const isJson = type === 'application/json' || type?.endsWith('+json') === true;
  const wrong = type === undefined ? hasBody : expected === 'text/csv' ? type !== expected : !isJson;
  if (wrong && c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    throw problem('unsupported-media-type', `Expected "Content-Type: ${expected}".`);
  }
  await next();
};

const takesFile = (path: string): boolean => path === importLocalMaps.path;

function limitBody(maxSize: number, when: (path: string) => boolean): MiddlewareHandler<AppEnv> {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      throw problem('body-too-large', `Expected a body of at most ${maxSize} bytes.`);
    },
  });
  return (c, next) => (when(c.req.path) ? limit(c, next) : next());
}
