/** What is recorded of those who sign in and out, and of those who were not let in. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../app/app-env.ts';
import { makeSignInCode } from '../../app/auth/sign-in-code.ts';
import type { Browser } from './browser.ts';
import { HERE, oidcSettings, startPages, type TestPages } from './pages.ts';
import { startProvider, type TestProvider } from './provider.ts';

const ADDRESS = '203.0.113.7';

let provider: TestProvider;
let pages: TestPages;
/** The last event that was there before the test: nothing is taken out of the record. */
let before = 0;

beforeAll(async () => {
  provider = await startProvider([`${HERE}/sign-in/callback`]);
  pages = await startPages();
});
afterAll(async () => {
  await pages.close();
  await provider.close();
});
beforeEach(async () => {
  pages.settings.oidc = oidcSettings(provider.issuer);
  provider.people.clear();
  provider.people.set('ada', { preferred_username: 'Ada', roles: ['omop-operators'] });
  provider.people.set('bob', { preferred_username: 'Bob', roles: [] });
  const [last] = await pages.sql<
    { id: number }[]
  >`select coalesce(max(event_id), 0)::int as id from audit_event`;
  before = last?.id ?? 0;
});

/** A browser whose connections come from this address. */
function browse(app: App = pages.serve()): Browser {
  const env = { incoming: { socket: { remoteAddress: ADDRESS } } };
  return pages.browse({ request: (url: string, init: RequestInit) => app.request(url, init, env) } as App);
}

async function signIn(login: string): Promise<Browser> {
  const browser = browse();
  await browser.open(`${HERE}/sign-in`);
  await browser.submit();
  await browser.submit({ login, password: 'any' });
  await browser.submit();
  return browser;
}

const recorded = async () => [
  ...(await pages.sql`
    select actor, role, via, action, object, outcome, status, address from audit_event
    where action like 'sign-%' and event_id > ${before} order by event_id`),
];

const EVENT = { via: 'session', address: ADDRESS };
const ADA = { ...EVENT, actor: 'Ada', role: 'operator', object: 'subject/ada', outcome: 'done', status: 200 };

describe('the record', () => {
  it('says of a person who they are at the provider, from where they came, and that they were let in and left', async () => {
    const browser = await signIn('ada');
    expect(await recorded()).toEqual([{ ...ADA, action: 'sign-in' }]);
    await browser.submit();
    expect(await recorded()).toEqual([
      { ...ADA, action: 'sign-in' },
      { ...ADA, action: 'sign-out' },
    ]);
  });

  it('says of a one-time address that whoever opened it was an admin', async () => {
    const browser = browse();
    await browser.open(`${HERE}/sign-in?code=${await makeSignInCode(pages.sql, pages.now())}`);
    await browser.submit();
    expect(await recorded()).toEqual([
      { ...ADA, actor: 'first-start', role: 'admin', object: 'first-start', action: 'sign-in' },
    ]);
  });

  it('says of who was refused why, and from where they came', async () => {
    await signIn('bob');
    expect(await recorded()).toEqual([
      {
        ...{ ...EVENT, via: 'nobody', actor: 'nobody', role: null },
        ...{ action: 'sign-in.refuse', object: 'no-role', outcome: 'refused', status: 403 },
      },
    ]);
  });
});
