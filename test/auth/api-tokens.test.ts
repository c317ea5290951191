import { crc32 } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { isWellFormed, makeApiToken } from '../../app/auth/api-token.ts';
import { startApi } from '../routes/api.ts';

let now = new Date('2026-11-29T08:00:00Z');
const api = await startApi({ adminToken: 'the-admin-token-of-this-test', clock: () => now });
afterAll(() => api.close());
beforeEach(() => {
  now = new Date('2026-11-29T08:00:00Z');
});

const TOKENS = '/api/v1/admin/tokens';
const DASHBOARD = '/api/v1/admin/fhir-sync/dashboard';
const admin = { token: 'the-admin-token-of-this-test' };
const json = { 'content-type': 'application/json' };
const create = (body: unknown) =>
  api.send('POST', TOKENS, { ...admin, headers: json, body: JSON.stringify(body) });
/** CRC-32 in base 62, six characters, as the documentation of the form says. */
function checksumOf(text: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = crc32(text);
  return Array.from({ length: 6 }, () => {
    const digit = digits.charAt(rest % 62);
    rest = Math.floor(rest / 62);
    return digit;
  })
    .reverse()
    .join('');
}
const statusWith = async (token: string) => (await api.send('GET', DASHBOARD, { token })).status;

describe('the form of a token', () => {
  it('has a beginning that scanners know, and a checksum over all before it', () => {
    const tokens = Array.from({ length: 200 }, () => makeApiToken());
    expect(tokens.filter((token) => !/^fos_[0-9A-Za-z]{36}$/.test(token))).toEqual([]);
    expect(tokens.filter((token) => !isWellFormed(token))).toEqual([]);
    expect(new Set(tokens).size).toBe(200);
  });

  it('has each of its characters equally often, so that it has all the chance that its length promises', () => {
    const times = new Map<string, number>();
    for (let n = 0; n < 10_000; n++) {
      for (const one of makeApiToken().slice(4, 34)) times.set(one, (times.get(one) ?? 0) + 1);
    }
    // 300,000 characters, 4,839 of each, with a standard deviation of 69.
    expect(times.size).toBe(62);
    expect([...times].filter(([, n]) => Math.abs(n - 4839) > 550)).toEqual([]);
  });

  it('is broken by any other character', () => {
    const token = makeApiToken();
    for (let at = 4; at < token.length; at++) {
      const other = token[at] === 'x' ? 'y' : 'x';
      expect(isWellFormed(token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
    }
    expect(isWellFormed(`${token}0`)).toBe(false);
    expect(isWellFormed(token.slice(0, -1))).toBe(false);
  });

  it('is broken by another alphabet, length or beginning, whatever the checksum says', () => {
    const wrong = ['fos_', `fos_${'-'.repeat(30)}`, `fox_${'0'.repeat(30)}`, `fos_${'0'.repeat(31)}`];
    for (const body of wrong) expect(isWellFormed(body + checksumOf(body)), body).toBe(false);
    const right = `fos_${'0'.repeat(30)}`;
    expect(isWellFormed(right + checksumOf(right))).toBe(true);
  });

  it('has the checksum that others compute', () => {
    // CRC-32 of "fos_000000000000000000000000000000", in base 62 with six characters.
    expect(isWellFormed('fos_0000000000000000000000000000001Ays7N')).toBe(true);
  });
});

describe('a token', () => {
  it('is shown once, and stored as its hash', async () => {
    const made = await create({ role: 'viewer', note: 'dashboard in the hall' });
    expect(made).toMatchObject({
      status: 201,
      json: { role: 'viewer', note: 'dashboard in the hall', connections: null, created_by: 'api:admin' },
    });
    const { token, prefix } = made.json;
    expect(token.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(10);
    const [row] = await api.sql`select * from api_token where prefix = ${prefix}`;
    expect(JSON.stringify(row)).not.toContain(token.slice(10));
    expect((await api.send('GET', TOKENS, admin)).text).not.toContain(token);
    expect(api.logged()).not.toContain(token);
    expect(await statusWith(token)).toBe(200);
  });

  it('of the same length and beginning as a right one is refused', async () => {
    const { token } = (await create({ role: 'admin', note: 'one' })).json;
    const { token: other } = (await create({ role: 'admin', note: 'two' })).json;
    await api.sql`delete from api_token where prefix = ${other.slice(0, 10)}`;
    expect(other).toHaveLength(token.length);
    expect(await statusWith(other)).toBe(401);
    expect(await statusWith(makeApiToken())).toBe(401);
    expect(await statusWith(token)).toBe(200);
  });

  it('is refused from its expiry on', async () => {
    const { token } = (await create({ role: 'viewer', note: 'a day', expires_at: '2026-11-30T08:00:00Z' }))
      .json;
    now = new Date('2026-11-30T07:59:59.999Z');
    expect(await statusWith(token)).toBe(200);
    now = new Date('2026-11-30T08:00:00Z');
    expect(await statusWith(token)).toBe(401);
  });

  it('is refused once it is revoked, and stays in the list', async () => {
    const { token, token_id } = (await create({ role: 'viewer', note: 'lost' })).json;
    const { token: kept } = (await create({ role: 'viewer', note: 'kept' })).json;
    expect(await statusWith(token)).toBe(200);
    const revoked = await api.send('DELETE', `${TOKENS}/${token_id}`, admin);
    expect(revoked.json).toMatchObject({ token_id, revoked_at: now.toISOString(), revoked_by: 'api:admin' });
    expect(await statusWith(token)).toBe(401);
    expect(await statusWith(kept)).toBe(200);
    now = new Date('2026-12-01T08:00:00Z');
    expect((await api.send('DELETE', `${TOKENS}/${token_id}`, admin)).json.revoked_at).toBe(
      revoked.json.revoked_at,
    );
    const { items } = (await api.send('GET', TOKENS, admin)).json;
    expect(items.map((one: { token_id: number }) => one.token_id)).toContain(token_id);
    expect((await api.send('DELETE', `${TOKENS}/999999`, admin)).json).toMatchObject({
      code: 'token-not-found',
    });
  });

  it('notes when it was used, with one write a minute', async () => {
    const { token, token_id } = (await create({ role: 'viewer', note: 'often' })).json;
    const used = async () => {
      await statusWith(token);
      const [row] = await api.sql<[{ last_used_at: Date; version: string }]>`
        select last_used_at, xmin::text as version from api_token where token_id = ${token_id}`;
      return row;
    };
    const first = await used();
    expect(first.last_used_at).toEqual(now);
    now = new Date(now.getTime() + 59_999);
    expect(await used()).toEqual(first);
    now = new Date(now.getTime() + 1);
    expect((await used()).last_used_at).toEqual(now);
  });

  it('is noted as used alone, and not the others', async () => {
    const { token } = (await create({ role: 'viewer', note: 'used' })).json;
    const { token_id } = (await create({ role: 'viewer', note: 'idle' })).json;
    await statusWith(token);
    expect(await api.sql`select last_used_at from api_token where token_id = ${token_id}`).toEqual([
      { last_used_at: null },
    ]);
  });

  it('is listed once, newest first, page by page', async () => {
    for (const note of ['a', 'b', 'c']) await create({ role: 'viewer', note });
    const all = await api.sql<{ token_id: number }[]>`select token_id from api_token order by token_id desc`;
    const listed: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await api.send('GET', `${TOKENS}?limit=2${cursor && `&cursor=${cursor}`}`, admin);
      listed.push(...page.json.items.map((one: { token_id: number }) => one.token_id));
      cursor = page.json.next_cursor;
    }
    expect(listed).toEqual(all.map((one) => one.token_id));
  });

  it('names its caller in the audit by its note', async () => {
    const { token } = (await create({ role: 'admin', note: 'terraform' })).json;
    await api.send('POST', TOKENS, {
      ...{ token, headers: json },
      body: JSON.stringify({ role: 'viewer', note: 'made by a token' }),
    });
    const [row] = await api.sql`select created_by from api_token where note = 'made by a token'`;
    expect(row).toEqual({ created_by: 'api:terraform' });
  });

  it.each([
    [{ role: 'root', note: 'x' }, 'invalid-request'],
    [{ role: 'viewer', note: ' ' }, 'invalid-request'],
    [{ role: 'viewer', note: 'x', expires_at: '2026-11-29T08:00:00Z' }, 'invalid-request'],
    [{ role: 'viewer', note: 'x', connections: [] }, 'invalid-request'],
    [{ role: 'viewer', note: 'x', connections: [4711] }, 'connection-not-found'],
  ])('is not made of %j', async (body, code) => {
    expect((await create(body)).json).toMatchObject({ code });
  });

  it('of a lesser role makes no token, whatever the request says of roles', async () => {
    const operator = await api.tokenOf('operator');
    const answer = await api.send('POST', TOKENS, {
      ...{ token: operator, headers: { ...json, 'x-role': 'admin', role: 'admin' } },
      body: JSON.stringify({ role: 'admin', note: 'escalated' }),
    });
    expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(await api.sql`select 1 from api_token where note = 'escalated'`).toHaveLength(0);
  });
});

describe('ADMIN_TOKEN', () => {
  it('is compared whole: not by its length, beginning, end or case', async () => {
    const right = 'the-admin-token-of-this-test';
    expect(await statusWith(right)).toBe(200);
    for (const wrong of [
      ...['x'.repeat(right.length), `x${right.slice(1)}`, `${right.slice(0, -1)}x`, right.slice(0, -1)],
      ...[`${right}x`, right.toUpperCase(), [...right].reverse().join('')],
    ]) {
      expect(await statusWith(wrong), wrong).toBe(401);
    }
  });

  it('lets nobody in where there is none', async () => {
    const closed = await startApi({});
    try {
      for (const token of [undefined, '', 'undefined', 'null', 'admin']) {
        expect((await closed.send('GET', DASHBOARD, { token })).status).toBe(401);
      }
      // As from a proxy on the same machine, with whatever it says of the caller.
      const headers = { host: '127.0.0.1:8080', 'x-forwarded-for': '127.0.0.1' };
      expect((await closed.send('GET', DASHBOARD, { address: '127.0.0.1', headers })).status).toBe(401);
    } finally {
      await closed.close();
    }
  });
});
