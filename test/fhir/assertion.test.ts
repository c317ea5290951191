import { calculateJwkThumbprint, importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { importSigningKey, publicJwk } from '../../jobs/connection/signing-key.ts';
import { chooseAlgorithm, signAssertion } from '../../jobs/fhir/token/assertion.ts';
import { ec, ed25519, rsa, rsaInName } from './keys.ts';

const keys = { rsa: rsa(), p384: ec('P-384'), p256: ec('P-256') };
const now = new Date('2026-01-02T03:04:05Z');
const request = { clientId: 'our-client', audience: 'https://ehr.example/token', clock: () => now };

describe('the client assertion', () => {
  it.each([
    ['RS384', keys.rsa.pkcs8, keys.rsa.publicKey],
    ['RS384', keys.rsa.pkcs1, keys.rsa.publicKey],
    ['ES384', keys.p384.pkcs8, keys.p384.publicKey],
    ['ES384', keys.p384.sec1, keys.p384.publicKey],
    ['ES256', keys.p256.pkcs8, keys.p256.publicKey],
  ])('is signed with %s and holds what the guide asks for, no more', async (alg, pem, publicKey) => {
    const key = await importSigningKey(pem);
    const jwt = await signAssertion({ ...request, key });
    const read = await jwtVerify(jwt, publicKey, { currentDate: now, audience: request.audience });
    expect(read.protectedHeader).toEqual({ alg, typ: 'JWT', kid: key.thumbprint });
    expect(read.payload).toEqual({
      iss: 'our-client',
      sub: 'our-client',
      aud: 'https://ehr.example/token',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      exp: now.getTime() / 1000 + 240,
    });
  });

  it('carries a jti that was never used', async () => {
    const key = await importSigningKey(keys.p256.pkcs8);
    const jtis = new Set<unknown>();
    for (let i = 0; i < 20; i++) {
      const { payload } = await jwtVerify(await signAssertion({ ...request, key }), keys.p256.publicKey, {
        currentDate: now,
      });
      jtis.add(payload.jti);
    }
    expect(jtis.size).toBe(20);
  });

  it('takes kid and jku as configured', async () => {
    const key = await importSigningKey(keys.p384.pkcs8);
    const jwt = await signAssertion({
      ...request,
      key,
      kid: 'our-kid',
      jwksUrl: 'https://us.example/jwks.json',
    });
    const { protectedHeader } = await jwtVerify(jwt, keys.p384.publicKey, { currentDate: now });
    expect(protectedHeader).toMatchObject({ kid: 'our-kid', jku: 'https://us.example/jwks.json' });
  });

  it('can be verified with the public JWK, whose kid is its RFC 7638 thumbprint', async () => {
    const jwk = await publicJwk(keys.rsa.pkcs1);
    expect(jwk).toMatchObject({ kty: 'RSA', alg: 'RS384', use: 'sig' });
    expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
    expect(Object.keys(jwk)).not.toContain('d');
    const jwt = await signAssertion({ ...request, key: await importSigningKey(keys.rsa.pkcs8) });
    await jwtVerify(jwt, await importJWK(jwk, 'RS384'), { currentDate: now });
  });

  it('is published with its algorithm and use, under its thumbprint or the kid that is asked for', async () => {
    for (const pem of [keys.rsa.pkcs8, keys.p384.pkcs8]) {
      const { publicJwk: own, thumbprint, algorithms } = await importSigningKey(pem);
      const { kid, alg, use, ...numbers } = own;
      expect({ kid, alg, use }).toEqual({ kid: thumbprint, alg: algorithms[0], use: 'sig' });
      expect(thumbprint).toBe(await calculateJwkThumbprint(numbers));
      expect(await publicJwk(pem)).toEqual(own);
      expect(await publicJwk(pem, 'our-kid')).toEqual({ ...own, kid: 'our-kid' });
    }
  });

  it('chooses what the server lists among what the key can', async () => {
    const key = await importSigningKey(keys.rsa.pkcs8);
    expect(chooseAlgorithm(key, undefined, [])).toBe('RS384');
    expect(chooseAlgorithm(key, undefined, ['ES384', 'RS256'])).toBe('RS256');
    expect(chooseAlgorithm(key, 'RS512', [])).toBe('RS512');
    expect(() => chooseAlgorithm(key, 'ES384', [])).toThrow(/ES384.*RS384/);
  });
});

describe('a private key', () => {
  it('of RSA is called weak below 3072 bits, and not from there on', async () => {
    expect((await importSigningKey(keys.rsa.pkcs8)).weakness).toMatch(/2048 bits; 3072/);
    expect((await importSigningKey(rsa(3064).pkcs8)).weakness).toMatch(/3064 bits/);
    expect((await importSigningKey(rsa(3072).pkcs8)).weakness).toBeUndefined();
    expect((await importSigningKey(keys.p384.pkcs8)).weakness).toBeUndefined();
  });

  it('is read with its line ends written as \\n, and with blanks around', async () => {
    const escaped = `  ${keys.p256.pkcs8.trim().replaceAll('\n', '\\n')}  `;
    expect((await importSigningKey(escaped)).algorithms).toEqual(['ES256']);
    expect((await importSigningKey(`\r\n${keys.rsa.pkcs1.replaceAll('\n', '\r\n')}\r\n`)).algorithms[0]).toBe(
      'RS384',
    );
  });

  it('of RSA may have 8192 bits', async () => {
    expect((await importSigningKey(rsaInName(8192))).algorithms).toEqual(['RS384', 'RS256', 'RS512']);
  });

  it('on a curve may stand behind the parameters that openssl writes before it', async () => {
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    expect((await importSigningKey(parameters + keys.p256.sec1)).algorithms).toEqual(['ES256']);
  });

  it('may have lines of text before it', async () => {
    const noted = `# Proc-Type: no longer ENCRYPTED\n${keys.p256.pkcs8}`;
    expect((await importSigningKey(noted)).algorithms).toEqual(['ES256']);
  });

  const cutOff = keys.rsa.pkcs8.replace(/\n[^\n]+\n/, '\n');
  it.each([
    ['no PEM', 'hello', /without a PEM header/],
    ['in the midst of a line', `key: ${keys.p256.pkcs8}`, /without a PEM header/],
    ['a public key', keys.rsa.spki, /public half of one \(a PEM block "PUBLIC KEY"\)/],
    [
      'a public key of RSA',
      rsa().publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      /public half/,
    ],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      /public half.*"CERTIFICATE"/,
    ],
    [
      'of a form that is not read',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----',
      /expected a private key, got a PEM block "OPENSSH PRIVATE KEY"/,
    ],
    ['behind a passphrase', keys.rsa.encrypted, /passphrase/],
    ['behind a passphrase as it was written formerly', keys.rsa.encryptedPkcs1, /passphrase/],
    ['altered', cutOff, /cut off or altered/],
    ['too short', rsa(1024).pkcs8, /2048 bits, this one has 1024/],
    ['one bit too short', rsa(2040).pkcs8, /2048 bits, this one has 2040/],
    ['one bit too long', rsaInName(8193), /at most 8192 bits, this one has 8193/],
    ['of a small exponent', rsa(2048, 3).pkcs8, /exponent 65537/],
    ['on another curve', ec('P-521').pkcs8, /P-384 or P-256, this one has secp521r1/],
    ['of another kind', ed25519(), /RSA or EC key, got ed25519/],
  ])('is refused when it is %s, and not repeated', async (_what, pem, message) => {
    const error = await importSigningKey(pem).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'private-key-invalid', sort: 'give-up' });
    expect(String(error)).toMatch(message);
    expect(String(error)).not.toContain(pem.split('\n')[1] ?? pem.slice(0, 40));
  });
});
