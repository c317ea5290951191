/** The sign-in pages on a database of their own, with a clock that only the test moves. */
import { createApp } from '../../app/app.ts';
import type { App, Services } from '../../app/app-env.ts';
import { type AskIssuer, askIssuer } from '../../app/auth/issuer-fetch.ts';
import { openOidc } from '../../app/auth/oidc.ts';
import { makeSignInCode } from '../../app/auth/sign-in-code.ts';
import { DEFAULT_SIGN_IN, type OidcSettings, type SignInSettings } from '../../app/auth/sign-in-settings.ts';
import { openOutbound } from '../../jobs/outbound/outbound.ts';
import { startApi, type TestApi } from '../routes/api.ts';
import { type Browser, openBrowser } from './browser.ts';
import { CLIENT_ID, CLIENT_SECRET } from './provider.ts';

export const HERE = 'https://omop.example.org';

export interface TestPages extends TestApi {
  /** The services of the pages that are opened next. */
  readonly settings: {
    /** How long sessions last, where it is not for as long as without settings. */
    times?: Pick<SignInSettings, 'idleMs' | 'longestMs'>;
    publicUrl: string | undefined;
    oidc: OidcSettings | undefined;
    /** Put in front of the provider: it may ask it, and change what it answers. */
    between: ((ask: AskIssuer) => AskIssuer) | undefined;
  };
  /** Moves the clock on. */
  pass(milliseconds: number): void;
  now(): Date;
  /** A server with the settings of now. */
  serve(): App;
  browse(app?: App): Browser;
  /** A browser that signed in by a one-time code. */
  signedIn(app?: App): Promise<Browser>;
  /** From now on `recorded` leaves out what is there already: nothing is taken out of the record. */
  forgetRecorded(): Promise<void>;
  /** What was recorded of sign-ins, in order. */
  recorded(): Promise<{ actor: string; action: string; target: string }[]>;
}

export async function startPages(): Promise<TestPages> {
  const api = await startApi();
  const settings: TestPages['settings'] = { publicUrl: HERE, oidc: undefined, between: undefined };
  const outbound = openOutbound({});
  let recordedBefore = 0;
  let now = Date.now();
  const clock = () => new Date(now);

  function serve(): App {
    const { publicUrl, oidc, times, between = (ask) => ask } = settings;
    const services: Services = {
      ...api.deps,
      clock,
      config: {
        adminToken: undefined,
        names: new Set([new URL(HERE).hostname]),
        signIn: { ...DEFAULT_SIGN_IN, ...times, publicUrl, oidc },
      },
      oidc: oidc && openOidc(oidc, { ask: between(askIssuer(outbound)), clock }),
    };
    return createApp(services);
  }

  const browse = (app = serve()): Browser =>
    openBrowser(
      settings.publicUrl ?? 'http://127.0.0.1:8080',
      async (url, init) => await app.request(url, init),
    );

  return {
    ...api,
    settings,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    now: clock,
    serve,
    browse,
    async signedIn(app = serve()) {
      const browser = browse(app);
      const code = await makeSignInCode(api.sql, clock());
      await browser.open(`${settings.publicUrl ?? 'http://127.0.0.1:8080'}/sign-in?code=${code}`);
      await browser.submit();
      return browser;
    },
    async forgetRecorded() {
      const [last] = await api.sql<{ id: number }[]>`select coalesce(max(audit_id), 0) as id from audit`;
      recordedBefore = last?.id ?? 0;
    },
    recorded: async () => [
      ...(await api.sql<{ actor: string; action: string; target: string }[]>`
        select actor, action, target from audit where action like 'sign-%' and audit_id > ${recordedBefore}
        order by audit_id`),
    ],
  };
}

/** What the tests set up at the provider. */
export function oidcSettings(issuer: string, changed: Partial<OidcSettings> = {}): OidcSettings {
  return {
    issuer,
    client: { id: CLIENT_ID, secret: CLIENT_SECRET, scope: 'openid profile email' },
    audience: undefined,
    roleClaim: 'roles',
    roleMap: new Map([
      ['omop-readers', 'viewer'],
      ['omop-operators', 'operator'],
      ['omop-admins', 'admin'],
    ]),
    connectionsClaim: undefined,
    ...changed,
  };
}
