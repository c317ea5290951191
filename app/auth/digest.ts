/** How secrets are stored and compared: by their SHA-256. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time, so that the time taken does not reveal where the texts differ. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
