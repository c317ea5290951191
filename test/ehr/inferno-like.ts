/**
 * A server with the addresses and the answers of Inferno's suite for Bulk Data clients (bulk-data-test-kit, 2.0.0
 * client): no metadata, status outside the FHIR base, Retry-After of two minutes, a manifest without `deleted`. It
 * refuses what a server may refuse, and keeps each request whole, so that the checks of the suite can be made of them.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import type { Resource } from '../../jobs/map/types.ts';

export type Tag =
  | 'discovery'
  | 'token'
  | 'kick-off-system'
  | 'kick-off-patient'
  | 'kick-off-group'
  | 'status'
  | 'output'
  | 'delete'
  | 'jwks'
  | 'other';

export interface Recorded {
  readonly tag: Tag;
  readonly method: string;
  /** Path and query, below the base. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  readonly body: string;
  readonly at: Date;
  status: number;
}

export interface InfernoOptions {
  readonly clock: () => Date;
  /** The key set, as it is published to whoever asks for `jwksUrl`. */
  readonly jwks: () => Promise<{ readonly keys: readonly JWK[] }>;
  readonly resources: readonly Resource[];
  /** How often the status is "in progress". */
  readonly polls?: number;
  readonly requiresAccessToken?: boolean;
  readonly tokenSeconds?: number;
  readonly algorithms?: readonly string[];
}

export interface Inferno {
  readonly fhirUrl: string;
  readonly tokenUrl: string;
  readonly jwksUrl: string;
  readonly requests: readonly Recorded[];
  /** Access tokens that were given out. */
  readonly issued: readonly string[];
  of(tag: Tag): readonly Recorded[];
  close(): Promise<void>;
}

const SUITE = '/custom/bulk_data_v200_client';

export async function startInferno(options: InfernoOptions): Promise<Inferno> {
  const { clock, polls = 2, requiresAccessToken = true, tokenSeconds = 3600 } = options;
  const requests: Recorded[] = [];
  const tokens = new Map<string, number>();
  const types = [...new Set(options.resources.map(({ resourceType }) => resourceType))];
  let left = polls;
  let origin = '';
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const address = new URL(request.url ?? '/', origin);
    const path = address.pathname.replace(SUITE, '');
    const method = request.method ?? '';
    const tag = tagOf(method, path);
    const one: Recorded = {
      ...{ tag, method, path: `${path}${address.search}`, query: address.searchParams },
      ...{ headers: request.headers, form: new URLSearchParams(body), body, at: clock(), status: 0 },
    };
    requests.push(one);
    const { status, headers = {}, text = '' } = await reply(one, path);
    one.status = status;
    response.writeHead(status, headers).end(text);
  }

  async function reply({ tag, headers }: Recorded, path: string): Promise<Reply> {
    if (tag === 'discovery') return json(200, discovery());
    if (tag === 'jwks') return json(200, await options.jwks());
    if (tag === 'token') return json(200, issue());
    if (tag === 'other') return { status: 404 };
    const needsToken = tag !== 'output' || requiresAccessToken;
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (needsToken && (tokens.get(token) ?? 0) <= clock().getTime()) return { status: 401 };
    if (tag === 'delete') return { status: 202 };
    if (tag === 'output') {
      const type = path.split('/').at(-1);
      const lines = options.resources.filter(({ resourceType }) => resourceType === type);
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      return { status: 200, headers: { 'content-type': 'application/fhir+ndjson' }, text };
    }
    if (tag !== 'status') {
      left = polls;
      return { status: 202, headers: { 'content-location': `${origin}${SUITE}/status/job-1` } };
    }
    if (left-- > 0)
      return { status: 202, headers: { 'retry-after': '120', 'x-progress': 'Build in progress' } };
    return json(200, {
      transactionTime: clock().toISOString().replace('Z', '+00:00'),
      request: `${origin}${SUITE}/fhir/$export`,
      requiresAccessToken,
      output: types.map((type) => ({ type, url: `${origin}${SUITE}/fhir/Binary/${type}` })),
      error: [],
    });
  }

  function discovery() {
    return {
      token_endpoint_auth_signing_alg_values_supported: options.algorithms ?? ['RS384', 'ES384'],
      capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['client_credentials', 'authorization_code'],
      scopes_supported: ['system/*.read'],
      token_endpoint: `${origin}${SUITE}/auth/token`,
    };
  }

  function issue() {
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, clock().getTime() + tokenSeconds * 1000);
    return { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope: 'system/*.read' };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    fhirUrl: `${origin}${SUITE}/fhir`,
    tokenUrl: `${origin}${SUITE}/auth/token`,
    jwksUrl: `${origin}/jwks`,
    requests,
    get issued() {
      return [...tokens.keys()];
    },
    of: (tag) => requests.filter((one) => one.tag === tag),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

const json = (status: number, body: unknown): Reply => ({
  ...{ status, headers: { 'content-type': 'application/json' }, text: JSON.stringify(body) },
});

function tagOf(method: string, path: string): Tag {
  if (path === '/jwks') return 'jwks';
  if (path === '/fhir/.well-known/smart-configuration') return 'discovery';
  if (path === '/auth/token') return 'token';
  if (path === '/status/job-1') return method === 'DELETE' ? 'delete' : 'status';
  if (path.startsWith('/fhir/Binary/')) return 'output';
  if (path === '/fhir/$export') return 'kick-off-system';
  if (path === '/fhir/Patient/$export') return 'kick-off-patient';
  return /^\/fhir\/Group\/[^/]+\/\$export$/.test(path) ? 'kick-off-group' : 'other';
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
