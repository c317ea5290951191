/**
 * What is kept of patients' data besides the CDM (chunks, lines that wait, contents), and URLs of exports, which may be
 * signed: sealed at rest where SEAL_CHUNKS is on, with the keys of the secrets. Each is bound to its table, column and
 * row. Sealed and clear ones live side by side, so opening asks the value and not the setting.
 *
 * Sealed bytes begin with NUL, with which neither zstd, gzip nor JSON begins: NUL, "S", version, length of the key's id,
 * the id, 12 bytes of IV, ciphertext. Sealed text is the form of the secrets, which no URL has.
 */
import { createHash } from 'node:crypto';
import { syncError } from '../step/errors.ts';
import type { Keyring } from './keyring.ts';
import { decrypt, encrypt, readSealed, type Sealed, writeSealed } from './secrets.ts';

/**
 * URLs move between tables by statements, from the manifest's entries to the files, and from a run to its finished
 * exports; so they are bound to what moves along, and named by the table where they end or begin.
 */
export type DataPlace =
  | { readonly table: 'chunk_body'; readonly column: 'body'; readonly row: number }
  | { readonly table: 'waiting'; readonly column: 'line'; readonly row: number }
  | { readonly table: ContentTable; readonly column: 'content'; readonly row: number }
  | { readonly table: 'export_file'; readonly column: 'url'; readonly row: string }
  | { readonly table: 'run'; readonly column: 'status_url'; readonly row: number }
  | { readonly table: 'crawl_search'; readonly column: 'next_url'; readonly row: number };

export type ContentTable =
  | 'medication_content'
  | 'substance_content'
  | 'device_content'
  | 'attachment_content';

export const bodyOf = (chunkId: number): DataPlace => ({ table: 'chunk_body', column: 'body', row: chunkId });
export const lineOf = (key: number): DataPlace => ({ table: 'waiting', column: 'line', row: key });
export const contentOf = (table: ContentTable, key: number): DataPlace => ({
  ...{ table, column: 'content', row: key },
});
export const statusUrlOf = (runId: number): DataPlace => ({ table: 'run', column: 'status_url', row: runId });

export const nextPageOf = (searchId: number): DataPlace => ({
  ...{ table: 'crawl_search', column: 'next_url', row: searchId },
});

/** A packed chunk as it is stored. One that was sealed stays so, whatever the setting is now. */
export const storedBody = (keyring: Keyring, chunkId: number, packed: Buffer, wasSealed = false) =>
  wasSealed || keyring.sealsData ? sealBytes(keyring, bodyOf(chunkId), packed) : packed;
export const openBody = (keyring: Keyring, chunkId: number, body: Buffer) =>
  openBytes(keyring, bodyOf(chunkId), body);

export const storedLine = (keyring: Keyring, key: number, line: Buffer) =>
  keyring.sealsData ? sealBytes(keyring, lineOf(key), line) : line;
export const openLine = (keyring: Keyring, key: number, line: Buffer) =>
  openBytes(keyring, lineOf(key), line);

/** As the text of JSON. */
export async function storedContent(
  keyring: Keyring,
  table: ContentTable,
  key: number,
  content: object,
): Promise<string> {
  const text = JSON.stringify(content);
  return keyring.sealsData ? JSON.stringify(await sealText(keyring, contentOf(table, key), text)) : text;
}

export async function openContent<Content>(
  keyring: Keyring,
  table: ContentTable,
  key: number,
  sealed: string,
): Promise<Content> {
  return JSON.parse(await openText(keyring, contentOf(table, key), sealed));
}

export const storedStatusUrl = (keyring: Keyring, runId: number, url: string) =>
  keyring.sealsData ? sealText(keyring, statusUrlOf(runId), url) : url;
export const openStatusUrl = (keyring: Keyring, runId: number, stored: string) =>
  openText(keyring, statusUrlOf(runId), stored);

export const storedNextPage = (keyring: Keyring, searchId: number, url: string) =>
  keyring.sealsData ? sealText(keyring, nextPageOf(searchId), url) : url;
export const openNextPage = (keyring: Keyring, searchId: number, stored: string) =>
  openText(keyring, nextPageOf(searchId), stored);

/**
 * SQL of what two files of a run are the same by, whether their URLs are sealed or not: of two sealed ones nothing else can
 * be compared. The hash tells whoever guesses a URL that it is this one; that of a signed one is guessed by nobody.
 */
export const URL_KEY = `coalesce(url_hash, sha256(convert_to(run_id || ' ' || url, 'UTF8')))`;

/** As URL_KEY, in hexadecimal. */
export const urlHash = (runId: number, url: string): string =>
  createHash('sha256').update(`${runId} ${url}`).digest('hex');

/** Of a file of a run, by what sealed URLs are compared by (run/staged-files.ts). */
export const fileUrlOf = (runId: number, urlHash: string): DataPlace => ({
  ...{ table: 'export_file', column: 'url', row: `${runId} ${urlHash}` },
});

export const isSealed = (bytes: Buffer): boolean => bytes[0] === NUL && bytes[1] === MARK;

const NUL = 0x00;
const MARK = 0x53;
const VERSION = 1;
const IV_BYTES = 12;

export async function sealBytes(keyring: Keyring, place: DataPlace, bytes: Buffer): Promise<Buffer> {
  const id = keyring.sealWith;
  const { iv, ciphertext } = await encrypt(keyring, boundTo(id, place), new Uint8Array(bytes));
  const name = Buffer.from(id);
  return Buffer.concat([Buffer.from([NUL, MARK, VERSION, name.length]), name, iv, ciphertext]);
}

/** Opens what was sealed for this place; what is clear is given back as it is. */
export async function openBytes(keyring: Keyring, place: DataPlace, bytes: Buffer): Promise<Buffer> {
  if (!isSealed(bytes)) return bytes;
  const [, , version, length = 0] = bytes;
  if (version !== VERSION) throw syncError('sealed-data-unreadable', { ...named(place), id: '?' });
  const start = 4 + length;
  const id = bytes.subarray(4, start).toString();
  const iv = bytes.subarray(start, start + IV_BYTES);
  return open(keyring, place, { id, iv, ciphertext: bytes.subarray(start + IV_BYTES) });
}

export async function sealText(keyring: Keyring, place: DataPlace, text: string): Promise<string> {
  const id = keyring.sealWith;
  return writeSealed(id, await encrypt(keyring, boundTo(id, place), Buffer.from(text)));
}

export async function openText(keyring: Keyring, place: DataPlace, stored: string): Promise<string> {
  const sealed = readSealed(stored, 'v2');
  return sealed ? (await open(keyring, place, sealed)).toString() : stored;
}

async function open(keyring: Keyring, place: DataPlace, sealed: Sealed): Promise<Buffer> {
  try {
    return await decrypt(keyring, boundTo(sealed.id, place), sealed);
  } catch (cause) {
    throw syncError('sealed-data-unreadable', { ...named(place), id: sealed.id }, { cause });
  }
}

const named = ({ table, column, row }: DataPlace) => ({ place: `${table}.${column}`, row });

function boundTo(id: string, { table, column, row }: DataPlace): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(['data', id, table, column, row]));
}
