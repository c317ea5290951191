/** Which request is answered how; and the record of each. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorization, Grant } from './authorization.ts';
import { capabilityStatement, smartConfiguration } from './capability.ts';
import { type ExportJob, inVersion, manifestPage } from './export-job.ts';
import { readKickOff } from './export-request.ts';
import type { Exports, Level } from './exports.ts';
import { type Deed, type FaultRule, type Kind, takeFaults } from './faults.ts';
import type { Found, Searches } from './search.ts';
import { sendFile } from './send-file.ts';
import type { EhrSettings } from './settings.ts';
import { object, type Store } from './store.ts';

/** What came in and what went out; never the token itself. */
export interface RequestRecord {
  readonly host: 'main' | 'other';
  readonly kind: Kind;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly authorization: boolean;
  readonly range: string | undefined;
  readonly accept: string | undefined;
  /** 0 while there is no answer, and when the connection was closed without one. */
  readonly status: number;
}

interface Options {
  readonly url: string;
  readonly otherOrigin: string;
  readonly tokenEndpoint: string;
  readonly store: Store;
  readonly authorization: Authorization;
  readonly exports: Exports;
  readonly searches: Searches;
  readonly settings: EhrSettings;
  readonly faults: FaultRule[];
  readonly requests: RequestRecord[];
  readonly clock: () => Date;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly deed: Deed;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export function createRouter(options: Options): { readonly main: Listener; readonly other: Listener } {
  const { url, settings, exports, authorization, faults, requests, clock } = options;
  let asked = 0;
  const named = (address: string) =>
    settings.namesItselfWithHttp ? address.replace('https:', 'http:') : address;
  const statusUrl = (job: string) => named(`${url}/bulkstatus/${job}`);

  return {
    main: (request, response) => void guarded(request, response, 'main'),
    other: (request, response) => void guarded(request, response, 'other'),
  };

  async function guarded(request: IncomingMessage, response: ServerResponse, host: 'main' | 'other') {
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const address = new URL(path, 'http://ehr');
    const kind = kindOf(method, address.pathname);
    requests.push(recordOf(request, response, { host, kind, method, path }));
    try {
      const deed =
        host === 'other' ? {} : takeFaults(faults, kind, { method, path, headers: request.headers });
      const exchange = {
        request,
        response,
        method,
        path: address.pathname,
        query: address.searchParams,
        deed,
      };
      if (deed.hold !== undefined) await deed.hold;
      if (deed.expireTokens === true) authorization.expireTokens();
      if (deed.drop === 'before') response.destroy();
      else if (deed.status !== undefined) response.writeHead(deed.status, deed.headers).end(deed.body ?? '');
      else await (host === 'other' ? otherHost(exchange) : answer(exchange, kind));
    } catch (error) {
      // A defect of the simulator: the test that meets it must see it.
      if (response.headersSent) response.destroy();
      else json(exchangeOf(request, response), 500, outcome('exception', String(error)));
    }
  }

  async function answer(exchange: Exchange, kind: Kind): Promise<void> {
    if (kind === 'token') return token(exchange);
    if (kind === 'metadata') return metadata(exchange);
    const who = authorization.check(exchange.request.headers.authorization);
    if (kind === 'other') return json(exchange, 404, outcome('not-found', 'no such address'));
    if (who === undefined) {
      exchange.response.setHeader('WWW-Authenticate', 'Bearer');
      return json(exchange, 401, outcome('login', 'the token is missing, unknown or expired'));
    }
    if (kind === 'read' || kind === 'search') return resources(exchange, kind, who);
    if (kind === 'kick-off') return kickOff(exchange, who);
    // Only the client that started an export may see it.
    if (exports.find(jobOf(exchange.path))?.client !== who.client) {
      return json(exchange, 404, outcome('not-found', 'no such export'));
    }
    if (kind === 'delete') return remove(exchange);
    if (kind === 'status') return status(exchange);
    return sendExportFile(exchange);
  }

  async function token(exchange: Exchange): Promise<void> {
    const form = new URLSearchParams(await bodyOf(exchange.request));
    const { status, body } = await authorization.token(form, exchange.request.headers.authorization);
    exchange.response.setHeader('Cache-Control', 'no-store');
    json(exchange, status, body);
  }

  function metadata(exchange: Exchange): void {
    const document = exchange.path.endsWith('/metadata')
      ? capabilityStatement(
          url,
          options.tokenEndpoint,
          options.store.types(),
          clock(),
          settings.exports ? settings.bulkDataVersion : undefined,
        )
      : smartConfiguration(named(options.tokenEndpoint));
    json(exchange, 200, document);
  }

  function resources(exchange: Exchange, kind: 'read' | 'search', who: Grant) {
    const { request, response, path, query, deed } = exchange;
    response.setHeader('Date', clock().toUTCString());
    if (settings.throttleEvery !== undefined && ++asked % settings.throttleEvery === 0) {
      response.setHeader('Retry-After', '1');
      return json(exchange, 429, outcome('throttled', 'too many requests'));
    }
    const [, , type = '', id = ''] = path.split('/').map(decodeURIComponent);
    let found: Found;
    if (kind === 'read') found = options.searches.read(who, type, id, request.headers.accept);
    else if (type === '') found = options.searches.page(who, query);
    else found = options.searches.search(who, type, query);
    for (const [name, value] of Object.entries(found.headers ?? {})) response.setHeader(name, value);
    if (Buffer.isBuffer(found.body)) {
      response.writeHead(found.status, deed.headers).end(found.body);
      return;
    }
    const changed = deed.bundle === undefined ? found.body : deed.bundle({ ...object(found.body) });
    json(exchange, found.status, changed);
  }

  async function kickOff(exchange: Exchange, who: Grant): Promise<void> {
    if (!settings.exports) return json(exchange, 404, outcome('not-supported', 'there are no exports'));
    const { request, response, method, query, deed } = exchange;
    const { bulkDataVersion, patientParameter, since } = settings;
    if (method === (bulkDataVersion === 1 ? 'POST' : bulkDataVersion === 4 ? 'GET' : '')) {
      return json(exchange, 405, outcome('not-supported', `${method} is not supported`));
    }
    const body = method === 'POST' ? parse(await bodyOf(request)) : undefined;
    if (method === 'POST' && body === undefined)
      return json(exchange, 400, outcome('invalid', 'the body is not JSON'));
    const { accept, prefer } = request.headers;
    const wanted = readKickOff({ accept, prefer: prefer?.toString() }, query, body, {
      version: bulkDataVersion,
      patientParameter,
      since,
    });
    if (typeof wanted === 'string') return json(exchange, 400, outcome('invalid', wanted));
    const address = `${new URL(url).origin}${request.url}`;
    const job = exports.start(levelOf(exchange.path), wanted, who, address, deed.errors ?? []);
    if ('why' in job)
      return json(exchange, job.status, outcome(job.status === 404 ? 'not-found' : 'forbidden', job.why));
    response.setHeader('Content-Location', statusUrl(job.id));
    json(exchange, 202, outcome('informational', 'the export has begun', 'information'));
  }

  function status(exchange: Exchange) {
    const job = exports.find(jobOf(exchange.path));
    if (job === undefined) return json(exchange, 404, outcome('not-found', 'no such export'));
    const { response, deed } = exchange;
    if (job.polls > 0) {
      job.polls--;
      job.asked++;
      response.setHeader(
        'X-Progress',
        `${Math.round((100 * job.asked) / (job.asked + job.polls + 1))}% complete`,
      );
      if (settings.retryAfter !== undefined) response.setHeader('Retry-After', settings.retryAfter);
      // What is done so far, one file more with each poll.
      const partial = job.partial ? manifest(job, 1, job.asked) : undefined;
      return json(exchange, 202, partial, 'application/json');
    }
    const page = manifest(job, Number(exchange.query.get('page') ?? 1), undefined);
    response.setHeader('Expires', new Date(clock().getTime() + 3_600_000).toUTCString());
    json(exchange, 200, deed.manifest === undefined ? page : deed.manifest(page), 'application/json');
  }

  function manifest(job: ExportJob, page: number, done: number | undefined) {
    const address = {
      file: (name: string) => named(`${url}/bulkfiles/${job.id}/${name}`),
      page: (n: number) => `${statusUrl(job.id)}?page=${n}`,
    };
    if (done === undefined)
      return inVersion(settings.bulkDataVersion, manifestPage(job, page, settings.pageSize, address));
    const { link: _, ...first } = manifestPage({ ...job, deleted: [], error: [] }, 1, done, address);
    return first;
  }

  function remove(exchange: Exchange) {
    exports.remove(jobOf(exchange.path));
    json(exchange, 202, outcome('informational', 'the export is deleted', 'information'));
  }

  async function sendExportFile(exchange: Exchange): Promise<void> {
    const { deed, response } = exchange;
    const file = exportFile(exchange);
    if (file === undefined) return json(exchange, 404, outcome('not-found', 'no such file'));
    if (deed.changeFile === true) file.version++;
    if (deed.redirect === true) {
      const location = `${options.otherOrigin}${exchange.path}?X-Amz-Signature=signed`;
      response.writeHead(307, { Location: location }).end();
      return;
    }
    if (deed.drop === 'after') return void response.destroy();
    await sendFile(exchange.request, response, file, { gzip: settings.gzip, range: settings.range, deed });
  }

  /** The second host has pre-signed addresses and refuses two kinds of authorization at once, as S3 does. */
  async function otherHost(exchange: Exchange): Promise<void> {
    const file = exportFile(exchange);
    if (exchange.request.headers.authorization !== undefined) {
      return json(exchange, 400, outcome('invalid', 'only one authorization mechanism is allowed'));
    }
    if (file === undefined || !exchange.query.has('X-Amz-Signature')) {
      return json(exchange, 403, outcome('forbidden', 'the address is not signed'));
    }
    await sendFile(exchange.request, exchange.response, file, { ...settings, deed: {} });
  }

  function exportFile({ path }: Exchange) {
    const job = exports.find(jobOf(path));
    return job === undefined ? undefined : exports.file(job, path.split('/')[4] ?? '');
  }
}

/** The status is read when it is asked for: a client may have its answer before the server's last event. */
function recordOf(
  { headers }: IncomingMessage,
  response: ServerResponse,
  what: Pick<RequestRecord, 'host' | 'kind' | 'method' | 'path'>,
): RequestRecord {
  let open: ServerResponse | undefined = response;
  let status = 0;
  const statusNow = () => (open === undefined ? status : open.headersSent ? open.statusCode : 0);
  response.once('close', () => {
    status = statusNow();
    open = undefined;
  });
  return {
    ...what,
    authorization: headers.authorization !== undefined,
    range: headers.range,
    accept: headers.accept,
    get status() {
      return statusNow();
    },
  };
}

function kindOf(method: string, path: string): Kind {
  if (path === '/auth/token') return 'token';
  if (path === '/fhir/metadata' || path === '/fhir/.well-known/smart-configuration') return 'metadata';
  if (/^\/fhir\/(?:Patient\/|Group\/[^/]+\/)?\$export$/.test(path)) return 'kick-off';
  if (/^\/fhir\/bulkstatus\/[^/]+$/.test(path)) return method === 'DELETE' ? 'delete' : 'status';
  if (/^\/fhir\/bulkfiles\/[^/]+\/[^/]+$/.test(path)) return 'file';
  if (method !== 'GET') return 'other';
  if (/^\/fhir(?:\/[A-Z][A-Za-z]+)?$/.test(path)) return 'search';
  return /^\/fhir\/[A-Z][A-Za-z]+\/[^/$]+$/.test(path) ? 'read' : 'other';
}

function levelOf(path: string): Level {
  const group = /^\/fhir\/Group\/([^/]+)\//.exec(path)?.[1];
  if (group !== undefined) return { level: 'group', id: decodeURIComponent(group) };
  return { level: path.startsWith('/fhir/Patient/') ? 'patient' : 'system' };
}

/** `/fhir/bulkstatus/{job}`, `/fhir/bulkfiles/{job}/{file}` */
function jobOf(path: string): string {
  return path.split('/')[3] ?? '';
}

function json(
  { response, deed }: Exchange,
  status: number,
  body: unknown,
  type = 'application/fhir+json',
): void {
  if (deed.drop === 'after') return void response.destroy();
  if (body !== undefined) response.setHeader('Content-Type', type);
  response.writeHead(status, deed.headers).end(body === undefined ? '' : (deed.body ?? JSON.stringify(body)));
}

function exchangeOf(request: IncomingMessage, response: ServerResponse): Exchange {
  return { request, response, method: '', path: '', query: new URLSearchParams(), deed: {} };
}

function outcome(code: string, diagnostics: string, severity = 'error') {
  return { resourceType: 'OperationOutcome', issue: [{ severity, code, diagnostics }] };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const part of request) text += part;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
