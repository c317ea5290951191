/** Keys made for one test run, in every PEM form that people have. */
import { generateKeyPairSync } from 'node:crypto';

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
