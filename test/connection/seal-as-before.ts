/** Seals as the program did before secrets were bound to their places: `v1.<key id>.<iv>.<ciphertext>`. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** `key`: 32 bytes in base64, with an id before a colon or without. */
export async function sealAsBefore(key: string, plaintext: string): Promise<string> {
  const [bytes = '', name] = key.split(':').toReversed();
  const raw = Buffer.from(bytes, 'base64');
  const id = name ?? `k${createHash('sha256').update(raw).digest('hex').slice(0, 12)}`;
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', raw, iv).setAAD(Buffer.from(`v1.${id}`));
  const text = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  return `v1.${id}.${iv.toString('base64url')}.${text.toString('base64url')}`;
}
