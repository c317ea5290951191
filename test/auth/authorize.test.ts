/** What the check of roles does by itself, whatever has let the request come so far. */
import { Hono } from 'hono';
import { afterAll, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../app/app-env.ts';
import { authorize } from '../../app/auth/authorize.ts';
import { type Caller, NOBODY } from '../../app/caller.ts';
import { Problem } from '../../app/problems.ts';
import { startApi } from '../routes/api.ts';

const api = await startApi();
afterAll(() => api.close());

const answerTo = async (caller: Caller) =>
  (
    await new Hono<AppEnv>()
      .use(async (c, next) => {
        c.set('services', { ...api.deps, config: { adminToken: undefined } });
        c.set('caller', caller);
        c.set('address', null);
        await next();
      })
      .use(authorize(new Map([['GET /figures', 'get-dashboard']])))
      .get('/figures', (c) => c.text('figures'))
      .onError((error, c) => c.text(error instanceof Problem ? error.code : 'another error', 418))
      .request('/figures')
  ).text();

describe('the check of roles', () => {
  it('lets nobody through who was not recognised, also to what the least role may see', async () => {
    expect(await answerTo(NOBODY)).toBe('unauthorized');
    expect(await answerTo({ ...NOBODY, name: 'ada', via: 'session' })).toBe('figures');
  });
});
