import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { tokenInForce } from '../../app/auth/api-tokens.ts';
import { redeemSignInCode } from '../../app/auth/sign-in-code.ts';
import { newDatabase } from '../database.ts';
import { inLongRun } from '../long-run.ts';
import { commandHere } from './command-line.ts';

const database = await newDatabase();
afterAll(() => database.drop());
const settings = { url: database.url, encryptionKey: randomBytes(32).toString('base64') };
const cli = (...words: string[]) => commandHere(settings, words);

describe('cli tokens', () => {
  it('makes a token that stands alone on stdout, lists it without it, and revokes it', async () => {
    const { sql } = database;
    await sql`insert into connection (site_name, site_key, ehr_vendor) values ('Memorial', 'memorial', 'other')`;
    const flags = ['--role', 'viewer', '--note', 'hall', '--site', 'memorial', '--expires', '90d'];
    const made = await cli('tokens', 'create', ...flags);
    expect(made).toMatchObject({ code: 0, said: expect.stringMatching(/^fos_\w{36}\n$/) });
    const token = made.said.trim();
    const stored = await tokenInForce(sql, token, new Date());
    expect(stored).toMatchObject({ role: 'viewer', note: 'hall', connections: [1] });
    const listed = await cli('tokens', 'list');
    expect(listed.said).toContain(token.slice(0, 10));
    expect(listed.said).toContain('in force');
    expect(listed.said).not.toContain(token);
    expect((await cli('tokens', 'revoke', String(stored?.token_id))).code).toBe(0);
    expect(await tokenInForce(sql, token, new Date())).toBeUndefined();
  });

  it('makes an address that signs in once', async () => {
    const { said } = await cli('tokens', 'sign-in');
    const code = /^http:\/\/127\.0\.0\.1:8080\/sign-in\?code=([\w-]+)\n$/.exec(said)?.[1] ?? '';
    expect(await redeemSignInCode(database.sql, code, new Date())).toMatchObject({ role: 'admin' });
  });

  it('is not understood without a role, and refuses an expiry that is none', async () => {
    expect(await cli('tokens', 'create', '--note', 'x')).toMatchObject({ code: 2 });
    expect(await cli('tokens', 'create', '--role', 'root', '--note', 'x')).toMatchObject({ code: 2 });
    const { errors } = await cli('tokens', 'create', '--note', 'x');
    expect(errors).toContain('--role, one of viewer, mapper, operator, admin');
    expect(errors).not.toContain('Usage:');
    const late = await cli('tokens', 'create', '--role', 'viewer', '--note', 'x', '--expires', 'soon');
    expect(late).toMatchObject({ code: 2, errors: expect.stringContaining('--expires: expected a day') });
  });
});

describe('cli alerts and cli approvals', () => {
  it('list what is open, of the installation too, and take note that somebody has seen it', async () => {
    const { sql } = database;
    const [raised] = await sql<[{ alert_id: number }]>`
      insert into alert (kind, message, raised_at, last_at) values ('credentials-guessed', 'somebody guesses', now(), now())
      returning alert_id`;
    expect((await cli('alerts')).said).toMatch(/\(all\) +credentials-guessed .*somebody guesses/);
    expect(await cli('alerts', 'seen', String(raised.alert_id))).toMatchObject({ code: 0 });
    expect(await sql`select state from alerts`).toEqual([{ state: 'acknowledged' }]);
  });

  inLongRun(it)(
    'ask for a second person where the environment says so, and refuse to be that person themselves',
    async () => {
      const { sql } = database;
      const strict = { ...settings, env: { REQUIRE_SECOND_PERSON: 'purge' } };
      await sql`insert into connection (site_name, site_key, ehr_vendor) values ('Second', 'second', 'other')`;
      const asked = await commandHere(strict, ['purge', 'second', 'p-1', '--unknown', '--reason', 'opt-out']);
      expect(asked).toMatchObject({ code: 1, errors: expect.stringContaining('approval 1 waits') });
      expect((await cli('approvals', 'show', '1')).said).toContain('"patient_id": "p-1"');
      const approved = await commandHere(strict, ['approvals', 'approve', '1']);
      expect(approved).toMatchObject({ code: 1, errors: expect.stringContaining('another admin must') });
      expect(await sql`select 1 from purge`).toEqual([]);
    },
  );
});
