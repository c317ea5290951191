/**
 * The text inside FHIR Attachments (base64, RFC 4648). One holds none that has no data (a URL alone), or is of a type
 * that is no text (pictures, PDF, and what names no type). Text that cannot be read in its character set is left
 * out by name.
 */

import { type Json, text } from '../read/fhir.ts';
import type { Reading } from '../read/reading.ts';
import { textOf } from './character-set.ts';
import { wordsOf } from './markup.ts';
import { wordsOfRtf } from './rtf.ts';

export interface Attached {
  readonly text: string;
  /** The code of the language that the attachment names. */
  readonly language: string | undefined;
}

/**
 * The text of attachments that are one document in several formats, taken from the one that is easiest to read: plain
 * text before HTML, XML, what else is text, and RTF. Of two in one format it is the first. undefined when none can be
 * read.
 */
export function bestText(reading: Reading, attachments: readonly Json[]): Attached | undefined {
  for (const attachment of attachments.toSorted((one, other) => rank(one) - rank(other))) {
    const found = attachedText(reading, attachment);
    if (found !== undefined) return { text: found, language: text(attachment['language']) };
  }
  return undefined;
}

export function rank(attachment: Json): number {
  const type = typeOf(contentTypeOf(attachment));
  if (type === 'text/plain') return 0;
  if (/html/.test(type)) return 1;
  if (isXml(type)) return 2;
  return isRtf(type) ? 4 : 3;
}

/** Without its parameters, in lower case. */
export function typeOf(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? '';
}

function contentTypeOf(attachment: Json): string {
  return text(attachment['contentType'])?.toLowerCase() ?? '';
}

function attachedText(reading: Reading, attachment: Json): string | undefined {
  const type = typeOf(contentTypeOf(attachment));
  const data = text(attachment['data'])?.replace(/\s+/g, '');
  if (data === undefined || !isText(type)) return undefined;
  const bytes = bytesOf(data);
  const decoded = bytes && (isRtf(type) ? wordsOfRtf(bytes) : textOf(bytes, contentTypeOf(attachment)));
  if (decoded === undefined) {
    reading.omitted.add('attachment-unreadable');
    return undefined;
  }
  if (/html/.test(type)) return text(wordsOf(decoded, 'html'));
  return text(isXml(type) ? wordsOf(decoded, 'xml') : decoded);
}

/** Whether what is of this type is read. */
export function isText(type: string): boolean {
  return type.startsWith('text/') || isRtf(type) || (isXml(type) && !type.startsWith('image/'));
}

function isRtf(type: string): boolean {
  return /^(?:text|application)\/(?:x-)?rtf$/.test(type);
}

/** RFC 7303: also a CDA document (application/hl7-cda+xml). */
function isXml(type: string): boolean {
  return /(?:\/|\+)xml$/.test(type);
}

/** Padding may be left out (RFC 4648, 3.2). */
function bytesOf(data: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined;
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
