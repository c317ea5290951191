/**
 * Secrets at rest: AES-256-GCM through WebCrypto. A sealed secret reads `v1.<key id>.<iv>.<ciphertext>`
 * (base64url). The version and the key id are bound to it as additional authenticated data, so that neither
 * can be exchanged unnoticed.
 *
 * ENCRYPTION_KEY holds 32 bytes in base64 or hex. To rotate keys, give several as `new-id:key,old-id:key`:
 * the first seals, all of them open, and whatever is saved again moves to the first. A key without an id is
 * known by its fingerprint. Every key also answers to its fingerprint, so that naming a key later loses
 * nothing.
 */
import { syncError } from '../step/errors.ts';

export interface Keyring {
  /** Id of the key that seals. */
  readonly sealWith: string;
  readonly keys: ReadonlyMap<string, CryptoKey>;
}

export async function openKeyring(env: { readonly ENCRYPTION_KEY?: string | undefined }): Promise<Keyring> {
  const entries = (env.ENCRYPTION_KEY ?? '').split(',').map((entry) => entry.trim());
  if (entries.every((entry) => entry === '')) {
    throw syncError('encryption-key-missing');
  }
  const keys = new Map<string, CryptoKey>();
  let sealWith: string | undefined;
  for (const [index, entry] of entries.entries()) {
    const { id, bytes } = readEntry(entry, index + 1);
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
    const fingerprint = await fingerprintOf(bytes);
    if (id !== undefined && keys.has(id)) {
      throw syncError('encryption-key-invalid', {
        position: index + 1,
        fault: `the id "${id}" is there twice`,
      });
    }
    keys.set(fingerprint, key);
    if (id !== undefined) keys.set(id, key);
    sealWith ??= id ?? fingerprint;
  }
  return { sealWith: sealWith ?? '', keys };
}

export async function seal(keyring: Keyring, plaintext: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const head = `v1.${keyring.sealWith}`;
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(head) },
    keyOf(keyring, keyring.sealWith),
    new TextEncoder().encode(plaintext),
  );
  return `${head}.${base64url(iv)}.${base64url(new Uint8Array(ciphertext))}`;
}

export async function unseal(keyring: Keyring, sealed: string): Promise<string> {
  const [version, id, iv, ciphertext, ...more] = sealed.split('.');
  if (version !== 'v1' || !id || !iv || !ciphertext || more.length > 0) {
    throw syncError('secret-unreadable', { reason: 'it is not of the form v1.<key id>.<iv>.<ciphertext>' });
  }
  const key = keyOf(keyring, id);
  try {
    const plaintext = await crypto.subtle.decrypt(
      {
        name: 'AES-GCM',
        iv: Buffer.from(iv, 'base64url'),
        additionalData: new TextEncoder().encode(`v1.${id}`),
      },
      key,
      Buffer.from(ciphertext, 'base64url'),
    );
    return new TextDecoder().decode(plaintext);
  } catch (cause) {
    throw syncError(
      'secret-unreadable',
      { reason: `it was sealed with another key than the "${id}" of now, or was altered` },
      { cause },
    );
  }
}

function keyOf(keyring: Keyring, id: string): CryptoKey {
  const key = keyring.keys.get(id);
  if (key) return key;
  throw syncError('encryption-key-unknown', { id });
}

function readEntry(
  entry: string,
  position: number,
): { id: string | undefined; bytes: Uint8Array<ArrayBuffer> } {
  const colon = entry.indexOf(':');
  const id = colon < 0 ? undefined : entry.slice(0, colon);
  const text = entry.slice(colon + 1);
  if (id !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
    throw syncError('encryption-key-invalid', {
      position,
      fault: 'an id is 1-32 letters, digits, "-" or "_", followed by ":" and the key',
    });
  }
  const encoding = /^[0-9a-fA-F]{64}$/.test(text)
    ? 'hex'
    : /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
      ? 'base64'
      : undefined;
  const bytes = encoding ? new Uint8Array(Buffer.from(text, encoding)) : new Uint8Array();
  if (bytes.length !== 32) {
    throw syncError('encryption-key-invalid', {
      position,
      fault: `expected 32 bytes in base64 or hex, got ${encoding ? `${bytes.length} bytes` : 'text that is neither'}`,
    });
  }
  return { id, bytes };
}

async function fingerprintOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return `k${Buffer.from(digest).toString('hex').slice(0, 12)}`;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
