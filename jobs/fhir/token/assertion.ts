/**
 * The client assertion of SMART Backend Services (SMART App Launch 2.2, "Asymmetric Authentication"; RFC
 * 7523). It is a JWT that is signed with the client's private key, lives under five minutes and carries a jti
 * never used before. It has no iat and nbf: nobody requires them, and a server whose clock is behind refuses
 * them.
 */
import { randomUUID } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import type { SigningKey } from '../../connection/signing-key.ts';
import { syncError } from '../../step/errors.ts';

/** Stays under the five minutes that the guide allows, with room for clocks that differ. */
const LIFETIME_SECONDS = 240;

export interface AssertionRequest {
  readonly key: SigningKey;
  readonly clientId: string;
  readonly audience: string;
  readonly kid?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly jwksUrl?: string | undefined;
  readonly clock: () => Date;
}

export async function signAssertion(request: AssertionRequest): Promise<string> {
  const { key, clientId, audience, clock } = request;
  const algorithm = request.algorithm ?? key.algorithms[0] ?? '';
  return await new SignJWT({})
    .setProtectedHeader({
      alg: algorithm,
      typ: 'JWT',
      kid: request.kid ?? key.thumbprint,
      ...(request.jwksUrl ? { jku: request.jwksUrl } : {}),
    })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setExpirationTime(Math.floor(clock().getTime() / 1000) + LIFETIME_SECONDS)
    .sign(await importPKCS8(key.pkcs8, algorithm));
}

/**
 * Returns the configured algorithm, which the key must support. Without one, it returns the first of the
 * key's algorithms that the server lists, or else the key's preferred one. A server that lists none still
 * accepts RS384 and ES384, which the guide requires.
 */
export function chooseAlgorithm(
  key: SigningKey,
  configured: string | undefined,
  listed: readonly string[],
): string {
  if (configured !== undefined) {
    if (key.algorithms.includes(configured)) return configured;
    throw syncError('signing-algorithm-mismatch', {
      algorithm: configured,
      possible: key.algorithms.join(', '),
    });
  }
  return key.algorithms.find((algorithm) => listed.includes(algorithm)) ?? key.algorithms[0] ?? '';
}
