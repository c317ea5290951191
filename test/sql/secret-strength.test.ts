import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretFault } from '../../sql/settings/secret-strength.ts';
import { LONG_RUN } from '../long-run.ts';

describe('a secret', () => {
  it('made as the message says is taken, always', () => {
    for (let n = 0; n < (LONG_RUN ? 2000 : 200); n++) {
      expect(secretFault(randomBytes(24).toString('hex'))).toBeUndefined();
      expect(secretFault(randomBytes(24).toString('base64url'))).toBeUndefined();
    }
  });

  it.each([
    'aaaaaaaaaaaaaaaa',
    'a'.repeat(200),
    `${'a'.repeat(60)}b`,
    'abcdefghijklmnopqrstuvwxyz',
    '1234567890123456',
    '0123456789abcdef0123456789abcdef',
    'passwordpassword',
    'changemechangeme',
    'abcd1234'.repeat(6),
    '4f1c0b7a92e35d6',
  ])('that can be guessed is refused with how to make one: %s', (secret) => {
    expect(secretFault(secret)).toMatch(/openssl rand -hex 24/);
    expect(secretFault(secret)).not.toContain(secret);
  });
});
