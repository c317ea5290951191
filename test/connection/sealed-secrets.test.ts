import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openKeyring, seal, unseal } from '../../jobs/connection/secrets.ts';

const key = () => randomBytes(32).toString('base64');

describe('the keyring', () => {
  it('opens what it sealed, and seals the same text differently each time', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const [one, other] = [await seal(keyring, 'geheim ☃'), await seal(keyring, 'geheim ☃')];
    expect(one).toMatch(/^v1\.k[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/);
    expect(one).not.toBe(other);
    expect(await unseal(keyring, one)).toBe('geheim ☃');
  });

  it('takes keys in hex and in base64url too', async () => {
    const bytes = randomBytes(32);
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: bytes.toString('hex') }), 'x');
    expect(await unseal(await openKeyring({ ENCRYPTION_KEY: bytes.toString('base64url') }), sealed)).toBe(
      'x',
    );
  });

  it('rotates: the first key seals, the others still open', async () => {
    const [old, young] = [key(), key()];
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `2024:${old}` }), 'x');
    const both = await openKeyring({ ENCRYPTION_KEY: `2025:${young}, 2024:${old}` });
    expect(await unseal(both, sealed)).toBe('x');
    expect(await seal(both, 'y')).toMatch(/^v1\.2025\./);
  });

  it('opens what a key sealed before it was given an id', async () => {
    const old = key();
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: old }), 'x');
    expect(await unseal(await openKeyring({ ENCRYPTION_KEY: `new:${key()},old:${old}` }), sealed)).toBe('x');
  });

  it('refuses a secret whose key id was exchanged, since the id is bound to it', async () => {
    const [a, b] = [key(), key()];
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `a:${a}` }), 'x');
    const renamed = await openKeyring({ ENCRYPTION_KEY: `b:${a},a:${b}` });
    await expect(unseal(renamed, sealed.replace('v1.a.', 'v1.b.'))).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
  });

  it('refuses an altered secret', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const [version, id, iv, text = ''] = (await seal(keyring, 'x')).split('.');
    const altered = [version, id, iv, (text.startsWith('A') ? 'B' : 'A') + text.slice(1)].join('.');
    await expect(unseal(keyring, altered)).rejects.toMatchObject({ code: 'secret-unreadable' });
    await expect(unseal(keyring, 'plain')).rejects.toMatchObject({ code: 'secret-unreadable' });
  });

  it('names the key that is missing', async () => {
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `gone:${key()}` }), 'x');
    await expect(unseal(await openKeyring({ ENCRYPTION_KEY: key() }), sealed)).rejects.toThrow(/"gone"/);
  });

  it.each([
    ['not set', undefined, 'encryption-key-missing'],
    ['empty', ' ', 'encryption-key-missing'],
    ['too short', randomBytes(16).toString('base64'), 'encryption-key-invalid'],
    ['no encoding', 'not a key!', 'encryption-key-invalid'],
    ['a bad id', `a.b:${key()}`, 'encryption-key-invalid'],
    ['an id used twice', `a:${key()},a:${key()}`, 'encryption-key-invalid'],
  ])('refuses an ENCRYPTION_KEY that is %s, without repeating it', async (_what, text, code) => {
    const error = await openKeyring({ ENCRYPTION_KEY: text }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, sort: 'give-up' });
    expect(String(error)).toContain('ENCRYPTION_KEY');
    if (text && text.trim().length > 8) expect(String(error)).not.toContain(text);
  });
});
