/**
 * Secrets at rest: AES-256-GCM through WebCrypto. A sealed secret reads `v2.<key id>.<iv>.<ciphertext>` (base64url).
 * The key id and the place where it is stored (table, column, connection, and of some the row) are bound to it as additional
 * authenticated data, so that it opens nowhere else, whoever copied it there.
 *
 * The form before, v1, was bound to no place. It opens only for bindSecrets() in reseal.ts.
 */
import { syncError } from '../step/errors.ts';
import { type Keyring, keyOf } from './keyring.ts';

/** Every column that holds sealed secrets. Rotation, the first start and the doctor go through this list. */
export const SEALED = [
  { table: 'connection', column: 'private_key_sealed' },
  { table: 'connection', column: 'client_secret_sealed' },
  { table: 'connection', column: 'client_certificate_key_sealed' },
  { table: 'connection_key', column: 'private_key_sealed' },
  { table: 'blocklist_secret', column: 'secret_sealed' },
  { table: 'purge', column: 'patient_ids_sealed' },
  { table: 'approval', column: 'request_sealed' },
  { table: 'deid_secret', column: 'secret_sealed' },
  { table: 'webhook', column: 'url_sealed' },
  { table: 'webhook', column: 'secret_sealed' },
] as const;

/**
 * Whose secrets are bound to their row, too, since there are several of a connection or of the installation. A key pair's
 * needs it not: in the place of another it makes signatures that nobody accepts.
 */
export const ROW_OF: Partial<Record<(typeof SEALED)[number]['table'], string>> = {
  approval: 'approval_id',
  purge: 'purge_id',
  webhook: 'webhook_id',
};

/** Where a secret is stored; connection 0 where it is of none. */
export type Place = (typeof SEALED)[number] & {
  readonly connection: number;
  readonly row?: number | undefined;
};

export async function seal(keyring: Keyring, place: Place, plaintext: string): Promise<string> {
  if (place.table in ROW_OF && place.row === undefined) throw new Error(`${place.table}: no row to bind to`);
  const id = keyring.sealWith;
  return writeSealed(id, await encrypt(keyring, boundTo(id, place), new TextEncoder().encode(plaintext)));
}

/** Opens what was sealed for this very place. */
export async function unseal(keyring: Keyring, place: Place, sealed: string): Promise<string> {
  const parts = read(sealed, 'v2');
  const reason = `it was sealed with another key than the "${parts.id}" of now, was altered, or is not where it was stored`;
  return open(keyring, parts, boundTo(parts.id, place), reason);
}

/** Opens a secret of the form before, which says nothing about its place. */
export async function unsealUnbound(keyring: Keyring, sealed: string): Promise<string> {
  const parts = read(sealed, 'v1');
  const reason = `it was sealed with another key than the "${parts.id}" of now, or was altered`;
  return open(keyring, parts, new TextEncoder().encode(`v1.${parts.id}`), reason);
}

/** What is needed to open something; `id` names the key. */
export interface Sealed {
  readonly id: string;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
}

/** Encrypts with the key that seals, under a fresh IV. */
export async function encrypt(
  keyring: Keyring,
  additionalData: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Omit<Sealed, 'id'>> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = keyOf(keyring, keyring.sealWith);
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes);
  return { iv: Buffer.from(iv.buffer), ciphertext: Buffer.from(ciphertext) };
}

/** Throws encryption-key-unknown, or OperationError where key, place or bytes are not those of the sealing. */
export async function decrypt(
  keyring: Keyring,
  additionalData: Uint8Array<ArrayBuffer>,
  { id, iv, ciphertext }: Sealed,
): Promise<Buffer<ArrayBuffer>> {
  const key = keyOf(keyring, id);
  return Buffer.from(
    await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: new Uint8Array(iv), additionalData },
      key,
      new Uint8Array(ciphertext),
    ),
  );
}

export const writeSealed = (id: string, { iv, ciphertext }: Omit<Sealed, 'id'>): string =>
  `v2.${id}.${iv.toString('base64url')}.${ciphertext.toString('base64url')}`;

/** Undefined when it is not of this form. */
export function readSealed(text: string, expected: 'v1' | 'v2'): Sealed | undefined {
  const [version, id, iv, ciphertext, ...more] = text.split('.', 5);
  if (version !== expected || !id || !iv || !ciphertext || more.length > 0) return undefined;
  return { id, iv: Buffer.from(iv, 'base64url'), ciphertext: Buffer.from(ciphertext, 'base64url') };
}

function read(sealed: string, expected: 'v1' | 'v2'): Sealed {
  if (expected === 'v2' && sealed.startsWith('v1.')) {
    throw syncError('secret-unreadable', {
      reason: 'it is of the form before (v1), which a start of this version replaces or refuses',
    });
  }
  const found = readSealed(sealed, expected);
  if (found) return found;
  throw syncError('secret-unreadable', {
    reason: `it is not of the form ${expected}.<key id>.<iv>.<ciphertext>`,
  });
}

async function open(
  keyring: Keyring,
  sealed: Sealed,
  additionalData: Uint8Array<ArrayBuffer>,
  reason: string,
): Promise<string> {
  keyOf(keyring, sealed.id);
  try {
    return new TextDecoder().decode(await decrypt(keyring, additionalData, sealed));
  } catch (cause) {
    throw syncError('secret-unreadable', { reason }, { cause });
  }
}

function boundTo(id: string, { table, column, connection, row }: Place): Uint8Array<ArrayBuffer> {
  const place = [table, column, connection, ...(row === undefined ? [] : [row])];
  return new TextEncoder().encode(JSON.stringify(['v2', id, ...place]));
}
