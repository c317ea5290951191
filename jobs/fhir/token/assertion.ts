/**
 * The client assertion of SMART Backend Services (SMART App Launch 2.2, "Asymmetric Authentication"; RFC
 * 7523). It is a JWT that is signed with the client's private key, lives under five minutes and carries a jti
 * never used before. It has no iat and nbf: nobody requires them, and a server whose clock is behind refuses
 * them.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, importPKCS8, type JWK, SignJWT } from 'jose';
import { syncError } from '../../step/errors.ts';

export interface SigningKey {
  readonly pkcs8: string;
  /** Algorithms with which the key can sign, the preferred one first. */
  readonly algorithms: readonly string[];
  /** The public half, with its RFC 7638 thumbprint as kid. */
  readonly publicJwk: JWK;
  readonly thumbprint: string;
}

/** Stays under the five minutes that the guide allows, with room for clocks that differ. */
const LIFETIME_SECONDS = 240;

export async function importSigningKey(pem: string): Promise<SigningKey> {
  const key = readPem(pem);
  const algorithms = algorithmsOf(key);
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  const publicPart: JWK =
    jwk.kty === 'RSA'
      ? { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' }
      : { kty: 'EC', crv: jwk.crv ?? '', x: jwk.x ?? '', y: jwk.y ?? '' };
  const thumbprint = await calculateJwkThumbprint(publicPart);
  return {
    pkcs8: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    algorithms,
    publicJwk: { ...publicPart, kid: thumbprint, alg: algorithms[0] ?? '', use: 'sig' },
    thumbprint,
  };
}

/** The entry for the JWKS, which the EHR is given. */
export async function publicJwk(pem: string, kid?: string): Promise<JWK> {
  const key = await importSigningKey(pem);
  return { ...key.publicJwk, kid: kid ?? key.thumbprint };
}

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

function readPem(given: string): KeyObject {
  // A key that somebody pasted into an environment variable or JSON may have "\n" for its line ends.
  const pem = (given.includes('\n') ? given : given.replaceAll('\\n', '\n')).trim();
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/m.exec(pem)?.[1];
  if (label === undefined) {
    throw refused(
      'expected a PEM private key ("-----BEGIN PRIVATE KEY-----"), got text without a PEM header',
    );
  }
  if (label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(pem)) {
    throw refused(
      'the key is protected by a passphrase. Give it without: `openssl pkey -in key.pem -out plain.pem`',
    );
  }
  if (
    label !== 'PRIVATE KEY' &&
    label !== 'RSA PRIVATE KEY' &&
    label !== 'EC PRIVATE KEY' &&
    label !== 'EC PARAMETERS'
  ) {
    throw refused(`expected a private key, got a PEM block "${label}"`);
  }
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    throw refused(
      `the PEM block "${label}" does not hold a key that can be read. Was it cut off or altered?`,
    );
  }
}

function algorithmsOf(key: KeyObject): readonly string[] {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    if (bits < 2048) throw refused(`RSA keys need at least 2048 bits, this one has ${bits}`);
    return ['RS384', 'RS256', 'RS512'];
  }
  if (key.asymmetricKeyType === 'ec') {
    if (details?.namedCurve === 'secp384r1') return ['ES384'];
    if (details?.namedCurve === 'prime256v1') return ['ES256'];
    throw refused(`EC keys need the curve P-384 or P-256, this one has ${details?.namedCurve ?? 'another'}`);
  }
  throw refused(`expected an RSA or EC key, got ${key.asymmetricKeyType ?? 'another kind'}`);
}

function refused(reason: string) {
  return syncError('private-key-invalid', { reason });
}
