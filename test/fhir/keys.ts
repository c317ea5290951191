/** Keys made for one test run, in every PEM form that people have. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';

export function rsa(bits = 2048, publicExponent = 65_537) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent });
  return {
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pkcs1: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    encrypted: privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
    encryptedPkcs1: privateKey
      .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
    spki: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicKey,
  };
}

export function ec(namedCurve: 'P-256' | 'P-384' | 'P-521') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    sec1: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    publicKey,
  };
}

export function ed25519() {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A key of so many bits that signs nothing: its numbers are odd, not prime. To find real ones takes a minute. */
export function rsaInName(bits: number): string {
  const number = (length: number) => {
    const digits = BigInt(`0x${randomBytes(Math.ceil(length / 8)).toString('hex')}`);
    const mask = (1n << BigInt(length)) - 1n;
    const odd = (digits & mask) | (1n << BigInt(length - 1)) | 1n;
    const hex = odd.toString(16);
    return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
  };
  const half = () => number(bits >> 1);
  const key = { kty: 'RSA', n: number(bits), e: 'AQAB', d: number(bits - 1), p: half(), q: half() };
  const read = createPrivateKey({ key: { ...key, dp: half(), dq: half(), qi: half() }, format: 'jwk' });
  return read.export({ type: 'pkcs8', format: 'pem' }).toString();
}
