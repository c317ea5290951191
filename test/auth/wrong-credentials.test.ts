import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSignInCode } from '../../app/auth/sign-in-code.ts';
import { startApi, TOKEN } from '../routes/api.ts';

let now = new Date('2026-11-29T08:00:00Z');
const api = await startApi({ adminToken: TOKEN, clock: () => now });
afterAll(() => api.close());
beforeEach(async () => {
  now = new Date('2026-11-29T08:00:00Z');
  await api.sql`delete from wrong_credential`;
});

const DASHBOARD = '/api/v1/admin/fhir-sync/dashboard';
const from = (address: string, token: string | undefined, headers = {}) =>
  api.send('GET', DASHBOARD, { address, token, headers });
const later = (seconds: number) => {
  now = new Date(now.getTime() + 1000 * seconds);
};

async function guess(address: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n++) statuses.push((await from(address, `wrong-${n}`)).status);
  return statuses;
}

describe('wrong credentials', () => {
  it('lock their address from the sixth on, also for a right one, and no other address', async () => {
    expect(await guess('203.0.113.7', 6)).toEqual([401, 401, 401, 401, 401, 401]);
    const locked = await from('203.0.113.7', TOKEN);
    expect(locked).toMatchObject({ status: 429, json: { code: 'too-many-wrong-credentials' } });
    expect(locked.headers.get('retry-after')).toBe('1');
    expect((await from('203.0.113.8', TOKEN)).status).toBe(200);
  });

  it('do not lock out a right token that nobody can guess, nor let it end the lock', async () => {
    const token = await api.tokenOf('viewer');
    await guess('203.0.113.7', 6);
    expect((await from('203.0.113.7', token)).status).toBe(200);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(429);
    await api.sql`update api_token set revoked_at = ${now}, revoked_by = 'test'`;
    expect((await from('203.0.113.7', token)).status).toBe(429);
  });

  it('lock it for twice as long each time, and at most a quarter of an hour', async () => {
    await guess('203.0.113.7', 6);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      const wait = Number((await from('203.0.113.7', 'wrong')).headers.get('retry-after'));
      waits.push(wait);
      later(wait);
      expect((await from('203.0.113.7', 'wrong')).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('are answered with the whole seconds that are still to wait, the last begun one included', async () => {
    await guess('203.0.113.7', 9);
    later(1);
    await guess('203.0.113.7', 1);
    later(0.5);
    const locked = await from('203.0.113.7', TOKEN);
    expect(locked.headers.get('retry-after')).toBe('2');
    expect(locked.json.detail).toContain('looked at for 2 s');
  });

  it('are counted on for an hour to the millisecond, then from one again', async () => {
    const row = async () => (await api.sql`select times, first_at from wrong_credential`)[0];
    const begun = now;
    await guess('203.0.113.7', 5);
    later(3600);
    expect(await guess('203.0.113.7', 1)).toEqual([401]);
    expect(await row()).toEqual({ times: 6, first_at: begun });
    expect((await from('203.0.113.7', TOKEN)).status).toBe(429);
    later(3600.001);
    await guess('203.0.113.7', 1);
    expect(await row()).toEqual({ times: 1, first_at: now });
  });

  it('are forgotten a day after the last one, whoever sends the next', async () => {
    await guess('203.0.113.7', 1);
    later(24 * 3600);
    await guess('203.0.113.8', 1);
    expect(await api.sql`select 1 from wrong_credential`).toHaveLength(2);
    later(0.001);
    await guess('203.0.113.8', 1);
    expect(await api.sql`select subject from wrong_credential`).toEqual([{ subject: 'address 203.0.113.8' }]);
  });

  it('are let pass when the lock has ended, and forgotten an hour after the last one', async () => {
    await guess('203.0.113.7', 6);
    later(0.999);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(429);
    later(0.001);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(200);
    expect(await guess('203.0.113.7', 1)).toEqual([401]);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(429);
    later(3601);
    expect(await guess('203.0.113.7', 5)).toEqual([401, 401, 401, 401, 401]);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(200);
  });

  it('are not made right by a right one in between', async () => {
    await guess('203.0.113.7', 5);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(200);
    await guess('203.0.113.7', 1);
    expect((await from('203.0.113.7', TOKEN)).status).toBe(429);
  });

  it('are counted by the /64 of an IPv6 address, and by the IPv4 address in a mapped one', async () => {
    for (let n = 1; n <= 6; n++) await guess(`2001:db8:0:1::${n}`, 1);
    expect((await from('2001:db8:0:1:ffff::1', TOKEN)).status).toBe(429);
    expect((await from('2001:db8:0:2::1', TOKEN)).status).toBe(200);
    await guess('::ffff:203.0.113.9', 6);
    expect((await from('203.0.113.9', TOKEN)).status).toBe(429);
  });

  it('are none where there is no credential at all, or a cookie that is not ours', async () => {
    for (let n = 0; n < 10; n++) {
      expect((await from('203.0.113.7', undefined)).status).toBe(401);
      expect((await from('203.0.113.7', undefined, { cookie: 'theme=dark' })).status).toBe(401);
    }
    expect(await api.sql`select * from wrong_credential`).toEqual([]);
  });

  it('of another scheme, or too long to be looked at, count as any', async () => {
    for (const authorization of ['Basic YWRtaW46YWRtaW4=', 'Bearer', `Bearer ${'x'.repeat(9000)}`]) {
      expect((await from('203.0.113.7', undefined, { authorization })).status).toBe(401);
    }
    expect(await api.sql`select times from wrong_credential`).toEqual([{ times: 3 }]);
  });

  it('with the beginning of a token are counted by it from anywhere, told of once, and lock nobody out', async () => {
    const token = await api.tokenOf('viewer');
    const wrong = `${token.slice(0, 10)}${'0'.repeat(30)}`;
    for (let n = 1; n <= 12; n++) expect((await from(`203.0.113.${n}`, wrong)).status).toBe(401);
    const subject = `token ${token.slice(0, 10)}`;
    expect(
      await api.sql`select times, locked_until from wrong_credential where subject = ${subject}`,
    ).toEqual([{ times: 12, locked_until: null }]);
    expect(api.logged().split(`"subject":"${subject}"`)).toHaveLength(2);
    expect(api.logged()).not.toContain(wrong);
    expect((await from('203.0.113.99', token)).status).toBe(200);
  });

  it('keep a one-time address from being used at a locked address, and it stays good', async () => {
    const code = await makeSignInCode(api.sql, now);
    const redeem = async () =>
      await api.send('POST', 'http://localhost/sign-in', {
        ...{ address: '203.0.113.7', body: new URLSearchParams({ code }).toString() },
        headers: { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
      });
    await guess('203.0.113.7', 6);
    expect((await redeem()).status).toBe(429);
    later(1);
    expect((await redeem()).status).toBe(303);
  });

  it('are answered as none where no credential is given at a locked address', async () => {
    await guess('203.0.113.7', 6);
    expect((await from('203.0.113.7', undefined)).status).toBe(401);
  });

  it('are tokens of an identity provider where there is none', async () => {
    expect((await from('203.0.113.7', 'eyJhbGciOiJub25lIn0.e30.')).status).toBe(401);
    expect(await api.sql`select times from wrong_credential`).toEqual([{ times: 1 }]);
  });

  it('raise an alert that who is restricted to a connection does not see', async () => {
    await api.sql`delete from alert`;
    const alerts = async (token: string) =>
      (await api.send('GET', '/api/v1/admin/alerts', { token })).json.items;
    await guess('203.0.113.7', 6);
    expect(await alerts(await api.tokenOf('viewer'))).toMatchObject([
      { kind: 'credentials-guessed', subject: '', times: 1, measured: 6 },
    ]);
    const id = await api.connect();
    expect(await alerts(await api.tokenOf('admin', [id]))).toEqual([]);
    const token = await api.tokenOf('viewer');
    for (let n = 1; n <= 10; n++) await from(`203.0.114.${n}`, `${token.slice(0, 10)}${'0'.repeat(30)}`);
    expect(await alerts(token)).toMatchObject([{ kind: 'credentials-guessed', times: 2, measured: 10 }]);
  });

  it('are told to the receivers of alerts, once', async () => {
    await api.sql`delete from alert`;
    await api.sql`
      insert into webhook (name, url_host, url_sealed, secret_sealed, created_at, created_by, updated_at)
      values ('on call', 'hook.example', 'x', 'x', ${now}, 'test', ${now})`;
    await guess('203.0.113.7', 6);
    later(1);
    await guess('203.0.113.7', 1);
    expect(await api.sql`select type from webhook_delivery`).toEqual([{ type: 'alert.raised' }]);
    await api.sql`delete from webhook`;
  });

  it('of an address that is not known lock nobody', async () => {
    for (let n = 0; n < 10; n++)
      expect((await api.send('GET', DASHBOARD, { token: 'wrong' })).status).toBe(401);
    expect((await api.send('GET', DASHBOARD, { token: TOKEN })).status).toBe(200);
    expect(await api.sql`select subject, times, locked_until from wrong_credential`).toEqual([
      { subject: 'address unknown', times: 10, locked_until: null },
    ]);
  });
});
