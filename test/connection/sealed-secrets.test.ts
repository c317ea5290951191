import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import {
  type Place,
  readSealed,
  SEALED,
  seal,
  unseal,
  unsealUnbound,
} from '../../jobs/connection/secrets.ts';
import { sealAsBefore } from './seal-as-before.ts';

const HERE: Place = { table: 'connection', column: 'client_secret_sealed', connection: 7 };
const key = () => randomBytes(32).toString('base64');

describe('the keyring', () => {
  it('opens what it sealed, and seals the same text differently each time', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const [one, other] = [await seal(keyring, HERE, 'geheim ☃'), await seal(keyring, HERE, 'geheim ☃')];
    expect(one).toMatch(/^v2\.k[0-9a-f]{12}\.[\w-]{16}\.[\w-]+$/);
    expect(one).not.toBe(other);
    expect(await unseal(keyring, HERE, one)).toBe('geheim ☃');
  });

  it('takes keys in hex and in base64url too', async () => {
    const bytes = randomBytes(32);
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: bytes.toString('hex') }), HERE, 'x');
    expect(
      await unseal(await openKeyring({ ENCRYPTION_KEY: bytes.toString('base64url') }), HERE, sealed),
    ).toBe('x');
  });

  it('rotates: the first key seals, the others still open', async () => {
    const [old, young] = [key(), key()];
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `2024:${old}` }), HERE, 'x');
    const both = await openKeyring({ ENCRYPTION_KEY: `2025:${young}, 2024:${old}` });
    expect(await unseal(both, HERE, sealed)).toBe('x');
    expect(await seal(both, HERE, 'y')).toMatch(/^v2\.2025\./);
  });

  it('opens what a key sealed before it was given an id', async () => {
    const old = key();
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: old }), HERE, 'x');
    expect(await unseal(await openKeyring({ ENCRYPTION_KEY: `new:${key()},old:${old}` }), HERE, sealed)).toBe(
      'x',
    );
  });

  it('refuses a secret whose key id was exchanged, since the id is bound to it', async () => {
    const [a, b] = [key(), key()];
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `a:${a}` }), HERE, 'x');
    const renamed = await openKeyring({ ENCRYPTION_KEY: `b:${a},a:${b}` });
    await expect(unseal(renamed, HERE, sealed.replace('v2.a.', 'v2.b.'))).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
  });

  it('refuses an altered secret', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const [version, id, iv, text = ''] = (await seal(keyring, HERE, 'x')).split('.');
    const altered = [version, id, iv, (text.startsWith('A') ? 'B' : 'A') + text.slice(1)].join('.');
    await expect(unseal(keyring, HERE, altered)).rejects.toMatchObject({ code: 'secret-unreadable' });
    const longer = [version, id, iv, text, text].join('.');
    await expect(unseal(keyring, HERE, longer)).rejects.toMatchObject({ code: 'secret-unreadable' });
    await expect(unseal(keyring, HERE, 'plain')).rejects.toMatchObject({ code: 'secret-unreadable' });
  });

  it.each([
    ["another connection's row", { ...HERE, connection: 8 }],
    ["another of the same connection's rows", { ...HERE, row: 1 }],
    ['another column', { ...HERE, column: 'private_key_sealed' }],
    ['another table', { table: 'connection_key', column: 'private_key_sealed', connection: 7 }],
  ] satisfies [string, Place][])('refuses a secret that was copied into %s', async (_what, elsewhere) => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const sealed = await seal(keyring, HERE, 'x');
    await expect(unseal(keyring, elsewhere, sealed)).rejects.toMatchObject({ code: 'secret-unreadable' });
  });

  it('refuses a secret that was copied from one row of a connection to another, and opens it in its own', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const one: Place = { table: 'approval', column: 'request_sealed', connection: 7, row: 1 };
    const sealed = await seal(keyring, one, 'x');
    expect(await unseal(keyring, one, sealed)).toBe('x');
    for (const row of [2, undefined])
      await expect(unseal(keyring, { ...one, row }, sealed)).rejects.toMatchObject({
        ...{ code: 'secret-unreadable', message: expect.stringContaining('is not where it was stored') },
      });
  });

  it.each([
    'v1.a.AAAA.AAAA',
    'v2..AAAA.AAAA',
    'v2.a..AAAA',
    'v2.a.AAAA.',
    'v2.a.AAAA',
    'v2.a',
    'v2',
    '',
    'v2.a.AAAA.AAAA.',
    'v2.a.AAAA.AAAA.AAAA.AAAA',
    ' v2.a.AAAA.AAAA',
  ])('reads as sealed only what has all four parts and no more: not "%s"', (text) =>
    expect(readSealed(text, 'v2')).toBeUndefined(),
  );

  it('reads the parts of what is sealed', () =>
    expect(readSealed('v2.a.AQI.Aw', 'v2')).toEqual({
      ...{ id: 'a', iv: Buffer.from([1, 2]), ciphertext: Buffer.from([3]) },
    }));

  it('says of a secret of the form before what may be wrong with it', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: `a:${key()}` });
    await expect(unsealUnbound(keyring, `v1.a.${'A'.repeat(16)}.AAAA`)).rejects.toMatchObject({
      ...{
        code: 'secret-unreadable',
        message: expect.stringContaining('than the "a" of now, or was altered'),
      },
    });
  });

  it('refuses a secret that was copied into the column of the same name in another table', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: key() });
    const ours = { column: 'private_key_sealed', connection: 7 } as const;
    const sealed = await seal(keyring, { ...ours, table: 'connection' }, 'x');
    await expect(unseal(keyring, { ...ours, table: 'connection_key' }, sealed)).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
  });

  it('refuses a secret of the form before, in every place', async () => {
    const text = key();
    const keyring = await openKeyring({ ENCRYPTION_KEY: text });
    const old = await sealAsBefore(text, 'x');
    for (const place of SEALED) {
      const found = unseal(keyring, { ...place, connection: 7 }, old);
      await expect(found).rejects.toMatchObject({
        code: 'secret-unreadable',
        message: expect.stringMatching(/form before/),
      });
    }
    await expect(unseal(keyring, HERE, old.replace('v1.', 'v2.'))).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
  });

  it('opens with keys that only open, and seals with none of them', async () => {
    const [old, young] = [key(), key()];
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `old:${old}` }), HERE, 'x');
    const keyring = await openKeyring({
      ENCRYPTION_KEY: `young:${young}`,
      ENCRYPTION_KEYS_OLD: `old:${old}`,
    });
    expect(await unseal(keyring, HERE, sealed)).toBe('x');
    expect(keyring.sealWith).toBe('young');
    await expect(openKeyring({ ENCRYPTION_KEYS_OLD: old })).rejects.toMatchObject({
      code: 'encryption-key-missing',
    });
  });

  it('reads keys on lines of their own, as a file or a command gives them', async () => {
    const keyring = await openKeyring({ ENCRYPTION_KEY: `a:${key()}\r\nb:${key()}\n` });
    expect(keyring.sealWith).toBe('a');
    expect([...keyring.keys.keys()]).toEqual(expect.arrayContaining(['a', 'b']));
  });

  it('names the key that is missing', async () => {
    const sealed = await seal(await openKeyring({ ENCRYPTION_KEY: `gone:${key()}` }), HERE, 'x');
    await expect(unseal(await openKeyring({ ENCRYPTION_KEY: key() }), HERE, sealed)).rejects.toMatchObject({
      ...{ code: 'encryption-key-unknown', message: expect.stringContaining('"gone"') },
    });
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
