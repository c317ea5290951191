/** The keys with which secrets are sealed: what is read as one, what is refused, and that none can be taken out. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openKeyring } from '../../jobs/connection/keyring.ts';

const [one, other] = [randomBytes(32), randomBytes(32)];
const [hex, base64] = [one.toString('hex'), one.toString('base64')];
const short = 'a'.repeat(16);

describe('a keyring', () => {
  it('holds keys that nothing takes out again, each by its name and its fingerprint', async () => {
    const old = `2025:${other.toString('base64url')}`;
    const { sealWith, keys } = await openKeyring({ ENCRYPTION_KEY: `2026:${hex}`, ENCRYPTION_KEYS_OLD: old });
    expect(sealWith).toBe('2026');
    expect([...keys.keys()].map((id) => id.replace(/^k[0-9a-f]{12}$/, 'fingerprint'))).toEqual([
      ...['fingerprint', '2026', 'fingerprint', '2025'],
    ]);
    for (const key of keys.values()) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    }
  });

  it('seals data only where that is switched on', async () => {
    const of = async (SEAL_CHUNKS?: string) =>
      (await openKeyring({ ENCRYPTION_KEY: hex, SEAL_CHUNKS })).sealsData;
    expect([await of('on'), await of('off'), await of()]).toEqual([true, false, false]);
  });

  it.each([
    ['an empty name', `:${hex}`, 'an id is 1-32 letters'],
    ['a name of 33 letters', `${'a'.repeat(33)}:${hex}`, 'an id is 1-32 letters'],
    ['hex and more', `${hex}zz`, 'got 49 bytes'],
    ['more and hex', `zz${hex}`, 'got 49 bytes'],
    ['a sign before base64', `!${base64}`, 'text that is neither'],
    ['a sign behind base64', `${base64}!`, 'text that is neither'],
    ['a third "="', `${base64}==`, 'text that is neither'],
    ['32 signs', '!'.repeat(32), 'text that is neither'],
    ['12 bytes', short, 'got 12 bytes'],
  ])('is not opened with %s, in whichever place', async (_, entry, fault) => {
    for (const [position, env] of [
      [1, { ENCRYPTION_KEY: entry }],
      [2, { ENCRYPTION_KEY: `2026:${other.toString('hex')},${entry}` }],
      [2, { ENCRYPTION_KEY: other.toString('hex'), ENCRYPTION_KEYS_OLD: entry }],
    ] as const) {
      const error = await openKeyring(env).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'encryption-key-invalid' });
      expect(String(error)).toContain(`key ${position}: `);
      expect(String(error)).toContain(fault);
      expect(String(error)).not.toContain(entry);
    }
  });

  it('names the place of a name that is there twice', async () => {
    const twice = `2026:${hex},2026:${other.toString('hex')}`;
    await expect(openKeyring({ ENCRYPTION_KEY: twice })).rejects.toThrow(
      'key 2: the id "2026" is there twice',
    );
  });

  it('takes a name of 32 letters', async () => {
    const name = 'a'.repeat(32);
    expect((await openKeyring({ ENCRYPTION_KEY: `${name}:${base64}` })).sealWith).toBe(name);
  });
});
