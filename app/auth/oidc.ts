/**
 * The identity provider: where people are sent to sign in, what it says about those who come back, and whose access
 * tokens programs may bring. It is looked up when it is first needed, so that this server starts without it.
 */
import { createLocalJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { z } from 'zod';
import { SyncError } from '../../jobs/step/errors.ts';
import type { Handshake } from './handshake.ts';
import { type Claims, claimAt, nameOf } from './identity.ts';
import { type AskIssuer, issuerFetch } from './issuer-fetch.ts';
import { type Kept, keep } from './kept.ts';
import type { OidcClient, OidcSettings } from './sign-in-settings.ts';

export interface Oidc {
  readonly settings: OidcSettings;
  /** Where to send the browser. @throws OidcError */
  authorizationUrl(redirectUri: string, handshake: Handshake): Promise<string>;
  /**
   * Redeems the code in the address that the browser came back to, and verifies who it is. The claims that the ID token
   * lacks and that are needed here are asked of the userinfo endpoint. @throws OidcError
   */
  signedIn(cameBackTo: URL, handshake: Handshake): Promise<Claims>;
  /** Verified claims of a program's access token. @throws OidcError */
  verifyAccessToken(token: string): Promise<Claims>;
}

/** Nobody is let in. The code is for the log and the audit, and holds nothing that others wrote. */
export class OidcError extends Error {
  readonly code: string;
  /** The provider does not answer, or not as one: it may be tried again. */
  readonly unavailable: boolean;

  constructor(code: string, options: { unavailable?: boolean; cause?: unknown } = {}) {
    super(`The identity provider's answer was refused (${code}).`, { cause: options.cause });
    this.name = 'OidcError';
    this.code = code;
    this.unavailable = options.unavailable ?? false;
  }
}

/** Signatures that are accepted on access tokens: no `none`, and none that a public key could make. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
const ACCESS_TOKEN_TYPES = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
/** What the library says of a gateway's error page and the like. */
const NO_ANSWER = ['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_TIMEOUT'];
const CLOCK_SKEW_SECONDS = 30;
const METADATA_MAX_AGE_MS = 60 * 60_000;
const KEYS_MAX_AGE_MS = 10 * 60_000;
const COOL_DOWN_MS = 30_000;

const JwksSchema = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

export function openOidc(
  settings: OidcSettings,
  { ask: send, clock }: { readonly ask: AskIssuer; readonly clock: () => Date },
): Oidc {
  const ask = issuerFetch(send);
  const provider = keep(() => discover(settings, ask), {
    maxAgeMs: METADATA_MAX_AGE_MS,
    coolDownMs: COOL_DOWN_MS,
    clock,
  });
  const keys = keep(async () => createLocalJWKSet(await readKeys(await provider.get(), ask)), {
    maxAgeMs: KEYS_MAX_AGE_MS,
    coolDownMs: COOL_DOWN_MS,
    clock,
  });

  return {
    settings,

    async authorizationUrl(redirectUri, handshake) {
      const config = await provider.get();
      const url = client.buildAuthorizationUrl(config, {
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: settings.client?.scope ?? 'openid',
        state: handshake.state,
        nonce: handshake.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(handshake.codeVerifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },

    async signedIn(cameBackTo, handshake) {
      const config = await provider.get();
      try {
        const tokens = await client.authorizationCodeGrant(config, cameBackTo, {
          expectedState: handshake.state,
          expectedNonce: handshake.nonce,
          pkceCodeVerifier: handshake.codeVerifier,
        });
        const claims = tokens.claims();
        if (!claims) throw new OidcError('no-id-token');
        if (hasAll(claims, settings) || !config.serverMetadata().userinfo_endpoint) return claims;
        const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
        return { ...more, ...claims };
      } catch (cause) {
        throw asOidcError(cause);
      }
    },

    async verifyAccessToken(token) {
      const audience = settings.audience;
      if (audience === undefined) throw new OidcError('no-audience');
      const { issuer } = (await provider.get()).serverMetadata();
      try {
        const { payload, protectedHeader } = await jwtVerify(token, selectKey(keys), {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_SKEW_SECONDS,
          currentDate: clock(),
          requiredClaims: ['exp', 'sub'],
        });
        if (!ACCESS_TOKEN_TYPES.includes(protectedHeader.typ?.toLowerCase()))
          throw new OidcError('wrong-type');
        // A token that is bound to a key says nothing about whoever brings it without proof of that key.
        if (payload['cnf'] !== undefined) throw new OidcError('sender-constrained');
        return payload;
      } catch (cause) {
        throw asOidcError(cause);
      }
    },
  };
}

async function discover(settings: OidcSettings, ask: client.CustomFetch): Promise<client.Configuration> {
  const insecure = new URL(settings.issuer).protocol === 'http:';
  try {
    return await client.discovery(
      new URL(settings.issuer),
      // Programs' tokens need no client; the library wants a name.
      settings.client?.id ?? 'none',
      {},
      authentication(settings.client),
      {
        [client.customFetch]: ask,
        // The ID token's signature is checked, although TLS to the token endpoint would do.
        execute: [client.enableNonRepudiationChecks, ...(insecure ? [client.allowInsecureRequests] : [])],
      },
    );
  } catch (cause) {
    throw new OidcError(`discovery:${codeOf(cause)}`, { unavailable: true, cause });
  }
}

/** As the provider says that clients prove who they are; client_secret_basic where it says nothing. */
function authentication(settings: OidcClient | undefined): client.ClientAuth {
  const secret = settings?.secret;
  if (secret === undefined) return client.None();
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (ways.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** The key that the token names. One that is not known may be new: then the keys are read again. */
function selectKey(keys: Kept<JWTVerifyGetKey>): JWTVerifyGetKey {
  return async (header, token) => {
    const known = await keys.get();
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const renewed = await keys.renew();
      return await renewed(header, token);
    }
  };
}

async function readKeys(config: client.Configuration, ask: client.CustomFetch) {
  const { jwks_uri } = config.serverMetadata();
  if (jwks_uri === undefined) throw new OidcError('no-jwks-uri', { unavailable: true });
  try {
    const answer = await ask(jwks_uri, {
      ...{ method: 'GET', headers: { accept: 'application/json' } },
      ...{ body: undefined, redirect: 'manual' },
    });
    if (answer.status !== 200) throw new OidcError(`jwks:${answer.status}`, { unavailable: true });
    return JwksSchema.parse(await answer.json());
  } catch (cause) {
    if (cause instanceof OidcError) throw cause;
    throw new OidcError(`jwks:${codeOf(cause)}`, { unavailable: true, cause });
  }
}

/** Whether the ID token says all that is needed here. */
function hasAll(claims: Claims, { roleClaim, connectionsClaim }: OidcSettings): boolean {
  const needed = connectionsClaim === undefined ? [roleClaim] : [roleClaim, connectionsClaim];
  return (
    needed.every((path) => claimAt(claims, path) !== undefined) &&
    nameOf({ ...claims, sub: '' }) !== undefined
  );
}

function asOidcError(cause: unknown): OidcError {
  if (cause instanceof OidcError) return cause;
  // Refusals of our own client, such as time-outs, are what the library's error was caused by.
  const inner = cause instanceof Error && cause.cause instanceof SyncError ? cause.cause : cause;
  const code = codeOf(inner);
  return new OidcError(code, { unavailable: inner instanceof SyncError || NO_ANSWER.includes(code), cause });
}

/** The library's or our own code. What the provider wrote is taken over only where it is one of the words of OAuth. */
function codeOf(error: unknown): string {
  const word: unknown =
    error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError
      ? error.error
      : error instanceof Error && Reflect.get(error, 'code');
  return typeof word === 'string' && /^[A-Za-z_-]{1,60}$/.test(word) ? word : 'unknown';
}
