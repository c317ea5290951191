/**
 * The exchange of SMART Backend Services (client credentials with private_key_jwt, or a client secret): building the
 * request, sending it, reading the answer. Each request has a fresh assertion: a jti is never used twice.
 */
import { z } from 'zod';
import { audienceOf, mayBeAudience } from '../../connection/destination.ts';
import type { Keyring } from '../../connection/keyring.ts';
import { unseal } from '../../connection/secrets.ts';
import { importSigningKey } from '../../connection/signing-key.ts';
import { readSyncConfig } from '../../connection/sync-config.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import { clean } from '../../step/clean.ts';
import { type SyncError, syncError } from '../../step/errors.ts';
import { ehrHttp } from '../ehr-http.ts';
import { describeErrorBody } from '../error-body.ts';
import { type HttpOptions, readText, send } from '../http.ts';
import { mayHaveCredentials, type Named } from '../known-hosts.ts';
import { namedUrl } from '../named-url.ts';
import { readRetryAfter } from '../retry-after.ts';
import { chooseAlgorithm, signAssertion } from './assertion.ts';
import { scopesNotGranted } from './scopes.ts';
import type { Discover } from './smart-configuration.ts';

/** Columns of the connection table that it takes. */
export interface SmartConnection {
  readonly connection_id: number;
  readonly ehr_vendor: string;
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly client_id: string | null;
  readonly private_key_sealed: string | null;
  /** A key made here; it goes before one that was entered. */
  readonly signing_key_sealed: string | null;
  readonly credentials_cleared: string | null;
  readonly client_secret_sealed: string | null;
  readonly client_certificate?: string | null | undefined;
  readonly client_certificate_key_sealed?: string | null | undefined;
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
  readonly outbound: Outbound;
  /** ALLOWED_AUDIENCES; none when left out. */
  readonly allowedAudiences?: readonly string[] | undefined;
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
  /** Of the key that signed; null where a client secret is sent. */
  readonly keyId: string | null;
  /** For people: how the client proves itself, without the proof. */
  readonly detail: string;
  readonly init: { readonly method: 'POST'; readonly headers: Record<string, string>; readonly body: string };
}

export async function tokenRequest(options: TokenOptions & { discover: Discover }): Promise<TokenRequest> {
  const { connection } = options;
  const { auth } = readSyncConfig(connection.sync_config);
  if (!connection.client_id) throw missing('client_id');
  const server = await tokenServer(connection, options);
  const hasKey = connection.signing_key_sealed !== null || connection.private_key_sealed !== null;
  const method = auth.token_auth ?? (hasKey ? 'private_key_jwt' : secretMethod(server.authMethods));
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: connection.scopes });
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  let detail: string = method;
  let keyId: string | null = null;
  if (method === 'private_key_jwt') {
    const { key, kid } = await signingKey(connection, options.keyring, auth.key_id);
    const algorithm = chooseAlgorithm(key, auth.algorithm, server.algorithms);
    const audience = audienceOf(readSyncConfig(connection.sync_config), server.tokenEndpoint);
    const { tokenEndpoint } = server;
    const known = { tokenEndpoint, fhirBaseUrl: connection.fhir_base_url };
    if (!mayBeAudience(audience, known, options.allowedAudiences)) {
      throw syncError('audience-foreign', {
        audience: clean(audience, 200),
        endpoint: clean(tokenEndpoint, 200),
      });
    }
    const assertion = await signAssertion({
      key,
      clientId: connection.client_id,
      audience,
      kid,
      algorithm,
      jwksUrl: connection.jwks_url ?? undefined,
      clock: options.clock,
    });
    keyId = clean(kid, 200);
    detail = `${method}, ${algorithm}, kid ${keyId}, aud ${clean(audience, 200)}${key.weakness ? `. The key is weak: ${key.weakness}` : ''}`;
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set('client_assertion', assertion);
  } else {
    if (!connection.client_secret_sealed) throw withoutCredentials(connection, 'client_secret');
    const { connection_id, client_secret_sealed } = connection;
    const secret = await unseal(
      options.keyring,
      { table: 'connection', column: 'client_secret_sealed', connection: connection_id },
      client_secret_sealed,
    );
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
    keyId,
    detail,
    init: { method: 'POST', headers, body: body.toString() },
  };
}

async function signingKey(connection: SmartConnection, keyring: Keyring, keyId: string | undefined) {
  const { connection_id, signing_key_sealed, private_key_sealed } = connection;
  const of = { column: 'private_key_sealed', connection: connection_id } as const;
  if (signing_key_sealed !== null) {
    const pem = await unseal(keyring, { ...of, table: 'connection_key' }, signing_key_sealed);
    const key = await importSigningKey(pem);
    return { key, kid: key.thumbprint };
  }
  if (private_key_sealed === null) throw withoutCredentials(connection, 'private_key_pem');
  const key = await importSigningKey(
    await unseal(keyring, { ...of, table: 'connection' }, private_key_sealed),
  );
  return { key, kid: keyId ?? key.thumbprint };
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

/** Where tokens come from: what the connection says, else what the FHIR server names. */
export async function tokenServer(
  connection: SmartConnection,
  options: TokenOptions & { discover: Discover },
) {
  if (connection.token_endpoint) {
    return { tokenEndpoint: connection.token_endpoint, authMethods: [], algorithms: [] };
  }
  if (!connection.fhir_base_url) throw missing('fhir_base_url');
  const found = await options.discover(connection.fhir_base_url, httpOptions(options));
  const named = namedBy(connection);
  const endpoint = namedUrl(named, found.tokenEndpoint, 'The token endpoint');
  if (!mayHaveCredentials(named, endpoint)) {
    throw syncError('token-endpoint-foreign', {
      ...{ endpoint: `${endpoint.origin}${endpoint.pathname}`, host: endpoint.host },
      base: new URL(connection.fhir_base_url).host,
    });
  }
  return { ...found, tokenEndpoint: endpoint.href };
}

function namedBy(connection: SmartConnection): Named {
  return { ...connection, config: readSyncConfig(connection.sync_config) };
}

function httpOptions(options: TokenOptions): HttpOptions {
  const { outbound, connection, timeoutMs = 30_000 } = options;
  return ehrHttp(outbound, namedBy(connection), { timeoutMs });
}

function secretMethod(supported: readonly string[]) {
  const onlyPost = supported.includes('client_secret_post') && !supported.includes('client_secret_basic');
  return onlyPost ? 'client_secret_post' : 'client_secret_basic';
}

function withoutCredentials(connection: SmartConnection, field: string) {
  const { credentials_cleared: settings } = connection;
  return settings === null ? missing(field) : syncError('credentials-cleared', { settings });
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
