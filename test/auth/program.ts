/** A program that brings access tokens of the test's identity provider, to a server with a clock that only the test moves. */
import type { JWTPayload } from 'jose';
import type { App } from '../../app/app-env.ts';
import { DASHBOARD } from '../routes/api.ts';
import { HERE, oidcSettings, startPages, type TestPages } from './pages.ts';
import { AUDIENCE, signed, startProvider, type TestKey, type TestProvider } from './provider.ts';

export interface TestProgram {
  readonly provider: TestProvider;
  readonly pages: TestPages;
  /** The server that is asked. */
  readonly app: App;
  /** Asks a server with these settings from now on; without any, one that accepts the program. */
  serve(changed?: Parameters<typeof oidcSettings>[1]): void;
  /** Asks a server with the settings as they are in `pages.settings`. */
  serveAsSet(): void;
  ask(token: string): Promise<Response>;
  statusOf(token: string): Promise<number>;
  /** The server's time, in seconds. */
  seconds(): number;
  /** What a good token claims, with these changes. */
  claims(changes?: Record<string, unknown>): JWTPayload;
  keyOf(kid: string): TestKey;
  mint(
    changes?: Record<string, unknown>,
    header?: { typ?: string; kid?: string },
    key?: TestKey,
  ): Promise<string>;
  close(): Promise<void>;
}

export async function startProgram(): Promise<TestProgram> {
  const provider = await startProvider([`${HERE}/sign-in/callback`]);
  const pages = await startPages();
  let app = pages.serve();

  function serve(changed: Parameters<typeof oidcSettings>[1] = {}): void {
    Object.assign(pages.settings, {
      oidc: oidcSettings(provider.issuer, { client: undefined, audience: AUDIENCE, ...changed }),
      between: undefined,
    });
    app = pages.serve();
  }

  const ask = async (token: string) =>
    await app.request(`${HERE}${DASHBOARD}`, { headers: { authorization: `Bearer ${token}` } });
  const seconds = () => Math.floor(pages.now().getTime() / 1000);
  const claims = (changes: Record<string, unknown> = {}): JWTPayload => ({
    ...{ iss: provider.issuer, aud: AUDIENCE, sub: 'nightly', roles: ['omop-readers'] },
    ...{ iat: seconds(), exp: seconds() + 300 },
    ...changes,
  });

  function keyOf(kid: string): TestKey {
    const key = provider.keys.find((one) => one.kid === kid);
    if (!key) throw new Error(`The provider has no key ${kid}`);
    return key;
  }

  return {
    ...{ provider, pages, serve, ask, seconds, claims, keyOf },
    get app() {
      return app;
    },
    serveAsSet: () => {
      app = pages.serve();
    },
    statusOf: async (token) => (await ask(token)).status,
    mint: (changes = {}, header, key = keyOf('ec-1')) => signed(key, claims(changes), header),
    close: async () => {
      await pages.close();
      await provider.close();
    },
  };
}
