/** Access tokens that the identity provider did not sign, or not so. */
import { base64url, exportSPKI, SignJWT } from 'jose';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startProgram } from './program.ts';
import { newKey } from './provider.ts';

const program = await startProgram();
const { provider, serve, ask, statusOf, claims, keyOf, mint } = program;
afterAll(() => program.close());
beforeEach(() => serve());

describe('a forged token', () => {
  it('is refused unsigned, with the public key as secret, and altered', async () => {
    const header = (alg: string) => base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid: 'rsa-1' }));
    const body = base64url.encode(JSON.stringify(claims()));
    for (const alg of ['none', 'None', 'NONE', '']) {
      for (const signature of ['', 'AAAA']) {
        expect([alg, await statusOf(`${header(alg)}.${body}.${signature}`)]).toEqual([alg, 401]);
      }
    }
    const pem = new TextEncoder().encode(await exportSPKI(keyOf('rsa-1').publicKey));
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const token = await new SignJWT(claims()).setProtectedHeader({ alg, kid: 'rsa-1' }).sign(pem);
      expect([alg, await statusOf(token)]).toEqual([alg, 401]);
    }
    const good = await mint();
    expect(await statusOf(good)).toBe(200);
    const [head, , signature] = good.split('.');
    const admin = base64url.encode(JSON.stringify(claims({ roles: ['omop-admins'] })));
    expect(await statusOf(`${head}.${admin}.${signature}`)).toBe(401);
  });

  it('is refused with an algorithm that is not on the list, though the provider has the key', async () => {
    const key = await newKey('ES512', 'ec-512');
    const before = provider.keys;
    await provider.become({ keys: [...before, key] });
    serve();
    expect(await statusOf(await mint({}, undefined, key))).toBe(401);
    await provider.become({ keys: before });
  });

  it("is refused when another's key signed it, whatever key it names", async () => {
    const own = await newKey('ES256', 'ec-1');
    expect(await statusOf(await mint({}, undefined, own))).toBe(401);
    const jwk = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', kid: 'ec-1', jku: 'https://evil.example/jwks' })
      .sign(own.privateKey);
    expect(await statusOf(jwk)).toBe(401);
  });

  it('gets the same answer whatever is wrong with it', async () => {
    const answers = await Promise.all(
      [await mint({ exp: 1 }), await mint({ aud: 'x' }), await mint({ roles: [] }), 'a.b.c', 'nonsense'].map(
        async (token) => {
          const { request_id: _, ...answer } = await (await ask(token)).json();
          return answer;
        },
      ),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});
