/**
 * The token endpoint: SMART Backend Services with private_key_jwt (RS384, ES384; ES256 too), or a client secret.
 * Every check of the profile is made, since a client that gets one wrong must fail here and not at a hospital.
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */

import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import { grant } from './scopes.ts';

export interface Client {
  readonly client_id: string;
  readonly jwks?: JSONWebKeySet;
  readonly jwks_url?: string;
  readonly client_secret?: string;
  readonly scopes: readonly string[];
}

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Grant {
  readonly client: string;
  readonly scopes: readonly string[];
}

export interface Authorization {
  registerClient(client: Client): void;
  /** `form`: the urlencoded body; `authorization`: the header, for client_secret_basic. */
  token(form: URLSearchParams, authorization: string | undefined): Promise<TokenAnswer>;
  /** What the bearer may do; undefined when there is no valid token. */
  check(authorization: string | undefined): Grant | undefined;
  expireTokens(): void;
}

interface Options {
  readonly clock: () => Date;
  readonly tokenEndpoint: () => string;
  readonly tokenLifetime: () => number;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LONGEST_ASSERTION = 300;
const SKEW = 10;

export function createAuthorization({ clock, tokenEndpoint, tokenLifetime }: Options): Authorization {
  const clients = new Map<string, Client>();
  const tokens = new Map<string, Grant & { readonly expires: number }>();
  const seen = new Set<string>();
  const now = () => Math.floor(clock().getTime() / 1000);

  return {
    registerClient: (client) => void clients.set(client.client_id, client),
    expireTokens: () => tokens.clear(),
    check(authorization) {
      const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
      const known = token === undefined ? undefined : tokens.get(token);
      return known === undefined || known.expires <= now() ? undefined : known;
    },
    async token(form, authorization) {
      if (form.get('grant_type') !== 'client_credentials')
        return refuse(400, 'unsupported_grant_type', 'grant_type');
      const client = form.has('client_assertion') ? await byAssertion(form) : bySecret(form, authorization);
      if (typeof client === 'string') return refuse(401, 'invalid_client', client);
      const requested = (form.get('scope') ?? '').split(/\s+/).filter((scope) => scope !== '');
      const scopes = grant(requested, client.scopes);
      if (scopes.length === 0)
        return refuse(400, 'invalid_scope', 'none of the scopes asked for is registered');
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, { client: client.client_id, scopes, expires: now() + tokenLifetime() });
      const body = {
        access_token: token,
        token_type: 'bearer',
        expires_in: tokenLifetime(),
        scope: scopes.join(' '),
      };
      return { status: 200, body };
    },
  };

  /** The client, or why not. */
  async function byAssertion(form: URLSearchParams): Promise<Client | string> {
    if (form.get('client_assertion_type') !== ASSERTION_TYPE)
      return 'client_assertion_type is not jwt-bearer';
    const assertion = form.get('client_assertion') ?? '';
    const claimed = Claims.safeParse(decode(assertion, 1));
    if (!claimed.success) return 'the assertion has no issuer, or is not a JWT';
    const client = clients.get(claimed.data.iss);
    if (client === undefined) return 'unknown client';
    const header = Header.safeParse(decode(assertion, 0));
    if (!header.success) return 'the header must have alg, kid and typ JWT';
    if (header.data.jku !== undefined && header.data.jku !== client.jwks_url)
      return 'jku is not the registered URL';
    const keys = await keysOf(client);
    if (keys === undefined) return 'the key set of the client cannot be read';
    if (!keys.keys.some((key) => key.kid === header.data.kid)) return 'no key of the client has this kid';
    try {
      const { payload } = await jwtVerify(assertion, createLocalJWKSet(keys), {
        algorithms: ['RS384', 'ES384', 'ES256'],
        issuer: client.client_id,
        subject: client.client_id,
        audience: tokenEndpoint(),
        currentDate: clock(),
        clockTolerance: SKEW,
        requiredClaims: ['exp', 'jti'],
      });
      if ((payload.exp ?? 0) - now() > LONGEST_ASSERTION + SKEW) return 'exp is more than five minutes ahead';
      const used = `${client.client_id} ${payload.jti}`;
      if (seen.has(used)) return 'the jti has been used';
      seen.add(used);
      return client;
    } catch (error) {
      if (error instanceof errors.JOSEError) return `${error.code}: ${error.message}`;
      throw error;
    }
  }

  function bySecret(form: URLSearchParams, authorization: string | undefined): Client | string {
    const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
    // RFC 6749 section 2.3.1: both parts are form-encoded before they are put together.
    const [id, secret] =
      basic === undefined
        ? [form.get('client_id'), form.get('client_secret')]
        : Buffer.from(basic, 'base64')
            .toString()
            .split(':')
            .map((part) => new URLSearchParams(`v=${part}`).get('v'));
    const client = clients.get(id ?? '');
    if (client?.client_secret === undefined || client.client_secret !== secret)
      return 'unknown client or wrong secret';
    return client;
  }
}

const Claims = z.object({ iss: z.string() });
const Header = z.object({
  alg: z.string(),
  kid: z.string(),
  typ: z.literal('JWT'),
  jku: z.string().optional(),
});
const KeySet = z.custom<JSONWebKeySet>(
  (value) => z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }).safeParse(value).success,
  'the key set must be { keys: [{ kty, … }] }',
);

async function keysOf(client: Client): Promise<JSONWebKeySet | undefined> {
  if (client.jwks !== undefined) return client.jwks;
  if (client.jwks_url === undefined) return undefined;
  const answer = await fetch(client.jwks_url).catch(() => undefined);
  return answer?.ok === true ? KeySet.parse(await answer.json()) : undefined;
}

function decode(jwt: string, part: number): unknown {
  try {
    return JSON.parse(Buffer.from(jwt.split('.')[part] ?? '', 'base64url').toString());
  } catch {
    return undefined;
  }
}

function refuse(status: number, error: string, why: string): TokenAnswer {
  return { status, body: { error, error_description: why } };
}
