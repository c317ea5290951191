/**
 * The keys with which secrets are sealed. One seals, all open. Each is 32 bytes in base64 or hex, alone or behind a
 * name of its own ("2026:…"); several stand on lines of their own or with commas between. A key without a name is
 * known by its fingerprint, and every key also answers to its fingerprint, so that naming a key later loses nothing.
 */
import { KEYS } from '../../sql/settings/program.ts';
import { syncError } from '../step/errors.ts';
import { readSettings } from '../step/settings.ts';

export interface Keyring {
  /** Id of the key that seals. */
  readonly sealWith: string;
  readonly keys: ReadonlyMap<string, CryptoKey>;
  /** Whether chunks, waiting lines and URLs of exports are sealed as well (sealed-data.ts). */
  readonly sealsData: boolean;
}

/**
 * ENCRYPTION_KEY: the key that seals, and others behind it. ENCRYPTION_KEYS_OLD: further ones that only open.
 * SEAL_CHUNKS: whether data are sealed besides secrets.
 */
export async function openKeyring(env: {
  readonly [name: string]: string | undefined;
  readonly ENCRYPTION_KEY?: string | undefined;
  readonly ENCRYPTION_KEYS_OLD?: string | undefined;
  readonly SEAL_CHUNKS?: string | undefined;
}): Promise<Keyring> {
  const sealsData = readSettings({ SEAL_CHUNKS: KEYS.SEAL_CHUNKS }, env).SEAL_CHUNKS === 'on';
  const current = entriesOf(env.ENCRYPTION_KEY);
  if (current.length === 0) throw syncError('encryption-key-missing');
  const keys = new Map<string, CryptoKey>();
  let sealWith: string | undefined;
  for (const [index, entry] of [...current, ...entriesOf(env.ENCRYPTION_KEYS_OLD)].entries()) {
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
  return { sealWith: sealWith ?? '', keys, sealsData };
}

export function keyOf(keyring: Keyring, id: string): CryptoKey {
  const key = keyring.keys.get(id);
  if (key) return key;
  throw syncError('encryption-key-unknown', { id });
}

/** Nothing at all is no key; an empty place between two commas is a fault that is told. */
function entriesOf(text = ''): string[] {
  const lines = text.trim().split(/\r?\n/);
  return text.trim() === '' ? [] : lines.flatMap((line) => line.split(',')).map((entry) => entry.trim());
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
