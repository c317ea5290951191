/** Private keys for client assertions: reading them, refusing weak ones with the reason, and their public half. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { z } from 'zod';
import { syncError } from '../step/errors.ts';

export interface SigningKey {
  readonly pkcs8: string;
  /** Algorithms with which the key can sign, the preferred one first. */
  readonly algorithms: readonly string[];
  /** The public half, with its RFC 7638 thumbprint as kid. */
  readonly publicJwk: JWK;
  readonly thumbprint: string;
  /** What speaks against the key although it is accepted. */
  readonly weakness: string | undefined;
}

export async function importSigningKey(pem: string): Promise<SigningKey> {
  const key = readPrivateKey(pem);
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
    weakness: weaknessOf(key),
  };
}

/** The entry for the JWKS, which the EHR is given. */
export async function publicJwk(pem: string, kid?: string): Promise<JWK> {
  const key = await importSigningKey(pem);
  return { ...key.publicJwk, kid: kid ?? key.thumbprint };
}

const common = { kid: z.string(), alg: z.string().optional(), use: z.literal('sig') };

/** What may be published of a key: these members and no others, whatever a stored object holds. */
export const PublicJwkSchema = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('RSA'), ...common, n: z.string(), e: z.string() }),
  z.object({ kty: z.literal('EC'), ...common, crv: z.string(), x: z.string(), y: z.string() }),
]);
export type PublicJwk = z.infer<typeof PublicJwkSchema>;

/** A private key in PEM, of whatever kind; `refused` makes the error of a reason. */
export function readPrivateKey(given: string, refused = invalid): KeyObject {
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
  if (label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY' || label === 'CERTIFICATE') {
    throw refused(`expected the private key, got the public half of one (a PEM block "${label}")`);
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

/** What SMART App Launch and JWA ask for. Beyond 8192 bits one signature takes seconds. */
const RSA_BITS = { least: 2048, advised: 3072, most: 8192 };

function algorithmsOf(key: KeyObject): readonly string[] {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') {
    const bits = details?.modulusLength ?? 0;
    const { least, most } = RSA_BITS;
    if (bits < least) throw invalid(`RSA keys need at least ${least} bits, this one has ${bits}`);
    if (bits > most) throw invalid(`RSA keys may have at most ${most} bits, this one has ${bits}`);
    const exponent = details?.publicExponent ?? 0n;
    if (exponent < 65_537n)
      throw invalid(`RSA keys need the public exponent 65537 or a larger one, this one has ${exponent}`);
    return ['RS384', 'RS256', 'RS512'];
  }
  if (key.asymmetricKeyType === 'ec') {
    if (details?.namedCurve === 'secp384r1') return ['ES384'];
    if (details?.namedCurve === 'prime256v1') return ['ES256'];
    throw invalid(`EC keys need the curve P-384 or P-256, this one has ${details?.namedCurve ?? 'another'}`);
  }
  throw invalid(`expected an RSA or EC key, got ${key.asymmetricKeyType ?? 'another kind'}`);
}

function weaknessOf(key: KeyObject): string | undefined {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined || bits >= RSA_BITS.advised) return undefined;
  return `RSA of ${bits} bits; ${RSA_BITS.advised} are advised for keys that are used after 2030`;
}

function invalid(reason: string) {
  return syncError('private-key-invalid', { reason });
}
