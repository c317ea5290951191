/**
 * The exchange of SMART Backend Services (client credentials with private_key_jwt, or a client secret): building the
 * request, sending it, reading the answer. Each request has a fresh assertion: a jti is never used twice.
 */
import { z } from 'zod';
import { type Keyring, unseal } from '../../connection/secrets.ts';
import { readSyncConfig } from '../../connection/sync-config.ts';
import { clean } from '../../step/clean.ts';
import { type SyncError, syncError } from '../../step/errors.ts';
import { describeErrorBody } from '../error-body.ts';
import { type Fetch, type HttpOptions, readText, send } from '../http.ts';
import { namedUrl } from '../named-url.ts';
import { readRetryAfter } from '../retry-after.ts';
import { chooseAlgorithm, importSigningKey, signAssertion } from './assertion.ts';
import { scopesNotGranted } from './scopes.ts';
import type { Discover } from './smart-configuration.ts';

/** Columns of the connection table that it takes. */
export interface SmartConnection {
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly client_id: string | null;
  readonly private_key_sealed: string | null;
  readonly client_secret_sealed: string | null;
  readonly jwks_url: string | null;
  readonly scopes: string;
  readonly export_resource_types: readonly string[];
  readonly sync_config: unknown;
}

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
  /** What the server granted; what was asked for when it does not say (RFC 6749 section 5.1). */
  readonly scope: string;
  /** Requested scopes that were not granted. */
  readonly notGranted: readonly string[];
}

export interface TokenOptions {
  readonly connection: SmartConnection;
  readonly keyring: Keyring;
  readonly clock: () => Date;
  readonly fetch?: Fetch | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Sends a token request and reads the answer. */
export async function exchange(request: TokenRequest, options: TokenOptions): Promise<AccessToken> {
  const response = await send(request.url, request.init, httpOptions(options));
  return readTokenResponse(
    { status: response.status, headers: response.headers, text: await readText(response, 1024 * 1024) },
    {
      scopes: options.connection.scopes,
      types: options.connection.export_resource_types,
      now: options.clock(),
    },
  );
}

export interface TokenRequest {
  readonly url: string;
  readonly method: 'private_key_jwt' | 'client_secret_basic' | 'client_secret_post';
  /** For people: how the client proves itself, without the proof. */
  readonly detail: string;
  readonly init: { readonly method: 'POST'; readonly headers: Record<string, string>; readonly body: string };
}

export async function tokenRequest(options: TokenOptions & { discover: Discover }): Promise<TokenRequest> {
  const { connection } = options;
  const { auth } = readSyncConfig(connection.sync_config);
  if (!connection.client_id) throw missing('client_id');
  const server = await tokenServer(connection, options);
  const method =
    auth.token_auth ?? (connection.private_key_sealed ? 'private_key_jwt' : secretMethod(server.authMethods));
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: connection.scopes });
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  let detail: string = method;
  if (method === 'private_key_jwt') {
    if (!connection.private_key_sealed) throw missing('private_key_pem');
    const key = await importSigningKey(await unseal(options.keyring, connection.private_key_sealed));
    const algorithm = chooseAlgorithm(key, auth.algorithm, server.algorithms);
    const kid = auth.key_id ?? key.thumbprint;
    const audience = auth.audience ?? server.tokenEndpoint;
    const assertion = await signAssertion({
      key,
      clientId: connection.client_id,
      audience,
      kid,
      algorithm,
      jwksUrl: connection.jwks_url ?? undefined,
      clock: options.clock,
    });
    detail = `${method}, ${algorithm}, kid ${clean(kid, 200)}, aud ${clean(audience, 200)}`;
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set('client_assertion', assertion);
  } else {
    if (!connection.client_secret_sealed) throw missing('client_secret');
    const secret = await unseal(options.keyring, connection.client_secret_sealed);
    if (method === 'client_secret_basic') {
      // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
      const pair = `${formEncode(connection.client_id)}:${formEncode(secret)}`;
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    } else {
      body.set('client_id', connection.client_id);
      body.set('client_secret', secret);
    }
  }
  return {
    url: server.tokenEndpoint,
    method,
    detail,
    init: { method: 'POST', headers, body: body.toString() },
  };
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
  scope: z.string().optional().catch(undefined),
});

/** Of servers that do not say how long a token lives. */
const EXPIRES_IN = 300;

export function readTokenResponse(
  response: { readonly status: number; readonly headers: Headers; readonly text: string },
  asked: { readonly scopes: string; readonly types: readonly string[]; readonly now: Date },
): AccessToken {
  if (response.status < 200 || response.status > 299) throw tokenError(response, asked);
  const read = TokenAnswer.safeParse(parse(response.text));
  if (!read.success) {
    const body = describeErrorBody(response.text, response.headers.get('content-type'));
    throw syncError(
      'token-unreadable',
      { status: response.status, body: body.text },
      { status: response.status, said: body.said },
    );
  }
  const scope = read.data.scope?.trim() || asked.scopes;
  return {
    token: read.data.access_token,
    expiresAt: new Date(asked.now.getTime() + (read.data.expires_in ?? EXPIRES_IN) * 1000),
    scope,
    notGranted: scopesNotGranted(asked.scopes, scope, asked.types),
  };
}

/** The errors of RFC 6749 section 5.2, each of which points at a setting of its own. */
function ofOauth(error: string | undefined) {
  switch (error) {
    case 'invalid_client':
      return 'token-invalid-client';
    case 'unauthorized_client':
      return 'token-unauthorized-client';
    case 'invalid_scope':
      return 'token-invalid-scope';
    case 'invalid_grant':
      return 'token-invalid-grant';
    case 'invalid_request':
      return 'token-invalid-request';
    case 'unsupported_grant_type':
      return 'token-unsupported-grant-type';
    default:
      return 'token-refused';
  }
}

function tokenError(
  response: { status: number; headers: Headers; text: string },
  asked: { now: Date },
): SyncError {
  const { status, headers, text } = response;
  const body = describeErrorBody(text, headers.get('content-type'));
  if (status === 429 || status === 408 || status >= 500) {
    return syncError(
      'token-unavailable',
      { status, body: body.text },
      { status, said: body.said, retryAfterSeconds: readRetryAfter(headers.get('retry-after'), asked.now) },
    );
  }
  if (status >= 300 && status < 400) {
    return syncError('token-redirected', { status }, { status });
  }
  return syncError(ofOauth(body.oauthError), { status, body: body.text }, { status, said: body.said });
}

async function tokenServer(connection: SmartConnection, options: TokenOptions & { discover: Discover }) {
  if (connection.token_endpoint) {
    return { tokenEndpoint: connection.token_endpoint, authMethods: [], algorithms: [] };
  }
  if (!connection.fhir_base_url) throw missing('fhir_base_url');
  const found = await options.discover(connection.fhir_base_url, httpOptions(options));
  const { fhir_base_url, sync_config } = connection;
  const named = { fhir_base_url, config: readSyncConfig(sync_config) };
  return { ...found, tokenEndpoint: namedUrl(named, found.tokenEndpoint, 'The token endpoint').href };
}

function httpOptions(options: TokenOptions): HttpOptions {
  return {
    fetch: options.fetch,
    timeoutMs: options.timeoutMs ?? 30_000,
    allowHttp: readSyncConfig(options.connection.sync_config).allow_http,
  };
}

function secretMethod(supported: readonly string[]) {
  const onlyPost = supported.includes('client_secret_post') && !supported.includes('client_secret_basic');
  return onlyPost ? 'client_secret_post' : 'client_secret_basic';
}

function missing(field: string) {
  return syncError('credentials-missing', { field });
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
