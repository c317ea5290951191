/** A real identity provider (oidc-provider) with its quick-start pages, whose keys the test holds. */
import { createServer } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import { vi } from 'vitest';

export const CLIENT_ID = 'omop-pages';
export const CLIENT_SECRET = 'a secret + of the client: 100%';
export const AUDIENCE = 'https://omop.example.org/api';
export const PROGRAM = { id: 'nightly-report', secret: 'the-secret-of-the-program' };

export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export interface TestProvider {
  readonly issuer: string;
  /** What people claim, by the name that they type in. Change it as you like. */
  readonly people: Map<string, Record<string, unknown>>;
  /** Path and query of each request. */
  readonly seen: string[];
  readonly keys: readonly TestKey[];
  /** The same provider with other keys or another configuration. */
  become(change: { keys?: readonly TestKey[]; configuration?: Partial<Configuration> }): Promise<void>;
  close(): Promise<void>;
}

export async function newKey(alg: string, kid: string): Promise<TestKey> {
  return { kid, alg, ...(await generateKeyPair(alg, { extractable: true })) };
}

/** A token with these claims; those that are left out are what a provider writes. */
export async function signed(
  key: TestKey,
  claims: JWTPayload,
  header: { typ?: string; kid?: string } = { typ: 'at+jwt' },
): Promise<string> {
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);
}

export async function startProvider(redirectUris: string[]): Promise<TestProvider> {
  const people = new Map<string, Record<string, unknown>>();
  const seen: string[] = [];
  let keys: readonly TestKey[] = [await newKey('ES256', 'ec-1'), await newKey('RS256', 'rsa-1')];
  let listen: ReturnType<Provider['callback']> | undefined;
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    void listen?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;

  const become: TestProvider['become'] = async (change) => {
    keys = change.keys ?? keys;
    const jwks = await Promise.all(
      keys.map(async ({ privateKey, kid, alg }) => ({
        ...(await exportJWK(privateKey)),
        kid,
        alg,
        use: 'sig',
      })),
    );
    // It says at each start that its quick-start pages are for development.
    const [warn, info] = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'info')];
    for (const spy of [warn, info]) spy.mockImplementation(() => {});
    listen = new Provider(issuer, {
      jwks: { keys: jwks },
      cookies: { keys: ['of the test'] },
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: redirectUris,
          id_token_signed_response_alg: 'ES256',
        },
        {
          client_id: PROGRAM.id,
          client_secret: PROGRAM.secret,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
        },
      ],
      pkce: { required: () => true },
      claims: {
        openid: ['sub'],
        profile: ['preferred_username', 'roles', 'sites'],
        email: ['email', 'email_verified'],
      },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
      extraTokenClaims: () => ({ roles: people.get(PROGRAM.id)?.['roles'] }),
      features: {
        devInteractions: { enabled: true },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_, audience) => ({
            scope: '',
            audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
      ttl: {
        Interaction: 600,
        Session: 600,
        Grant: 600,
        IdToken: 600,
        AccessToken: 600,
        ClientCredentials: 600,
      },
      ...change.configuration,
    }).callback();
    for (const spy of [warn, info]) spy.mockRestore();
  };
  await become({});

  return {
    ...{ issuer, people, seen, become },
    get keys() {
      return keys;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
