/** What of a request is its bearer credential. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { DASHBOARD, startApi } from '../routes/api.ts';

/** With "Bearer " as long as a header may be that is looked at. */
const LONG = 'a-long-token-'.padEnd(8192 - 'Bearer '.length, 'x');
const [api, long] = [await startApi({ adminToken: 'the-right-token' }), await startApi({ adminToken: LONG })];
afterAll(() => Promise.all([api.close(), long.close()]));

const statusOf = async (authorization: string, at = api) =>
  (await at.send('GET', DASHBOARD, { headers: { authorization } })).status;

describe('a bearer credential', () => {
  it.each(['Bearer', 'bearer', 'BEARER'])('is what follows "%s", however that is written', async (scheme) => {
    expect(await statusOf(`${scheme} the-right-token`)).toBe(200);
  });

  it.each([
    'the-right-token',
    'Basic the-right-token',
    'XBearer the-right-token',
    'Basic Bearer the-right-token',
    'Bearer the-right-token, Basic x',
    'Bearer the-right-token x',
    'Bearer  the-right-token',
    'Bearer\tthe-right-token',
    'Bearerthe-right-token',
    'Bearer',
  ])('is not in "%s"', async (authorization) => {
    expect(await statusOf(authorization)).toBe(401);
  });

  it.each(['the-right-toke', 'the-right-tokenx', 'the-right-tokeN', 'xxxxxxxxxxxxxxx'])(
    'is wrong as "%s", which is nearly the right one or as long',
    async (token) => {
      expect(await statusOf(`Bearer ${token}`)).toBe(401);
    },
  );

  inLongRun(it)('is looked at up to eight kibibytes of its header, and not a character longer', async () => {
    expect(await statusOf(`Bearer ${LONG}`, long)).toBe(200);
    const longer = await startApi({ adminToken: `${LONG}x` });
    try {
      expect(await statusOf(`Bearer ${LONG}x`, longer)).toBe(401);
    } finally {
      await longer.close();
    }
  });
});
