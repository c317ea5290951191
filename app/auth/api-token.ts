/**
 * What an API token looks like: `fos_`, 30 characters of chance (178 bits), and six of a checksum over both. By
 * beginning and checksum scanners for leaked secrets find one without asking us, and a mistyped one costs no query.
 */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const BEGINNING = 'fos_';
const RANDOM = 30;
const CHECKSUM = 6;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^fos_[0-9A-Za-z]{36}$/;
/** Characters that are kept and shown, so that people can tell their tokens apart. */
const SHOWN = BEGINNING.length + 6;

export function makeApiToken(): string {
  const body = BEGINNING + chance(RANDOM);
  return body + checksum(body);
}

/** Whether a credential means to be an API token, a wrong one included. */
export function looksLikeApiToken(text: string): boolean {
  return text.startsWith(BEGINNING);
}

/** Whether length, alphabet and checksum are those of an API token. */
export function isWellFormed(token: string): boolean {
  return FORM.test(token) && checksum(token.slice(0, -CHECKSUM)) === token.slice(-CHECKSUM);
}

/** The part that is no secret. */
export function beginningOf(token: string): string {
  return token.slice(0, SHOWN);
}

/** Each of the 62 characters with the same probability: bytes beyond the last multiple of 62 are thrown away. */
function chance(length: number): string {
  const even = 256 - (256 % ALPHABET.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < even && text.length < length) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text;
}

/** CRC-32 in base 62, six characters. */
function checksum(text: string): string {
  let rest = crc32(text);
  let shown = '';
  while (shown.length < CHECKSUM) {
    shown = ALPHABET.charAt(rest % ALPHABET.length) + shown;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return shown;
}
