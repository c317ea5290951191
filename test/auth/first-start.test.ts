import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { howToSignIn, sayHowToSignIn } from '../../app/auth/first-start.ts';
import { makeSignInCode, redeemSignInCode } from '../../app/auth/sign-in-code.ts';
import { startApi } from '../routes/api.ts';

const api = await startApi({});
const { sql } = api;
afterAll(() => api.close());
beforeEach(async () => {
  await sql`truncate sign_in_code, api_token`;
});

const at = (text: string) => new Date(`2026-11-29T${text}Z`);
const base = 'http://127.0.0.1:8080';
const how = (adminToken?: string) => howToSignIn(sql, { now: at('08:00:00'), base, config: { adminToken } });

describe('a sign-in code', () => {
  it('lets in one admin, once', async () => {
    const code = await makeSignInCode(sql, at('08:00:00'));
    expect(await redeemSignInCode(sql, code, at('08:00:01'))).toEqual({
      ...{ name: 'first-start', role: 'admin', via: 'first-token', connections: null, person: null },
    });
    expect(await redeemSignInCode(sql, code, at('08:00:02'))).toBeUndefined();
  });

  it('lets in one of many who come at once', async () => {
    const code = await makeSignInCode(sql, at('08:00:00'));
    const all = await Promise.all(
      Array.from({ length: 6 }, () => redeemSignInCode(sql, code, at('08:00:01'))),
    );
    expect(all.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('is good for a quarter of an hour to the millisecond, and cleared away after it', async () => {
    const code = await makeSignInCode(sql, at('08:00:00'));
    const late = await makeSignInCode(sql, at('08:00:00'));
    expect(await redeemSignInCode(sql, code, at('08:14:59.999'))).toBeDefined();
    for (const time of ['08:15:00', '08:15:01', '23:59:59']) {
      expect([time, await redeemSignInCode(sql, late, at(time))]).toEqual([time, undefined]);
    }
    await makeSignInCode(sql, at('08:14:59.999'));
    expect(await sql`select 1 from sign_in_code`).toHaveLength(2);
    await makeSignInCode(sql, at('08:15:00'));
    expect(await sql`select 1 from sign_in_code`).toHaveLength(2);
  });

  it('is not a code of the same length, nor in the database', async () => {
    const code = await makeSignInCode(sql, at('08:00:00'));
    expect(await redeemSignInCode(sql, 'x'.repeat(code.length), at('08:00:01'))).toBeUndefined();
    expect(await redeemSignInCode(sql, '', at('08:00:01'))).toBeUndefined();
    const rows = await sql`select encode(code_hash, 'escape') as hash from sign_in_code`;
    expect(JSON.stringify(rows)).not.toContain(code);
  });
});

describe('the start', () => {
  it('says how to sign in: by an address that works once, and by the command that makes a token', async () => {
    const lines = await how();
    const [, code = ''] =
      /^ {2}http:\/\/127\.0\.0\.1:8080\/sign-in\?code=([\w-]{32})$/.exec(lines[1] ?? '') ?? [];
    expect(lines).toEqual([
      'To sign in, open this address within 15 minutes; it works once:',
      `  http://127.0.0.1:8080/sign-in?code=${code}`,
      'For curl and programs make a token:',
      '  npm run cli -- tokens create --role admin --note "first"',
    ]);
    expect(await redeemSignInCode(sql, code, at('08:00:01'))).toMatchObject({ role: 'admin' });
  });

  it('says it to whoever started it, and nowhere else', async () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    const clock = () => at('08:00:00');
    const start = { base, config: { adminToken: undefined } };
    await sayHowToSignIn({ sql, clock }, start);
    const lines = printed.mock.calls.map(([line]) => String(line));
    await sayHowToSignIn({ sql, clock }, { base, config: { adminToken: 'an-admin-token' } });
    const calls = printed.mock.calls.length;
    printed.mockRestore();
    expect([lines.length, calls]).toEqual([4, 4]);
    const code = /code=([\w-]{32})$/.exec(lines[1] ?? '')?.[1] ?? 'none';
    expect(await redeemSignInCode(sql, code, at('08:14:59'))).toBeDefined();
    expect(api.logged()).not.toContain(code);
  });

  it('prints no address where somebody holds a credential that may do everything', async () => {
    expect(await how('an-admin-token')).toEqual([]);
    await api.tokenOf('operator');
    expect((await how()).join()).toContain('/sign-in?code=');
    await api.tokenOf('admin');
    const text = (await how()).join();
    expect(text).not.toContain('/sign-in?code=');
    expect(text).toContain('tokens sign-in');
  });

  it('prints one where nobody does any more, since the token has expired or was revoked', async () => {
    await api.tokenOf('admin');
    await sql`update api_token set revoked_at = ${at('07:59:59')}, revoked_by = 'test' where role = 'admin'`;
    expect((await how()).join()).toContain('/sign-in?code=');
    await sql`
      update api_token set revoked_at = null, revoked_by = null, expires_at = ${at('08:00:00')} where role = 'admin'`;
    expect((await how()).join()).toContain('/sign-in?code=');
    await sql`update api_token set expires_at = ${at('08:00:01')} where role = 'admin'`;
    expect((await how()).join()).not.toContain('/sign-in?code=');
  });
});
