/**
 * The text inside a FHIR Attachment (base64, RFC 4648), or undefined when it holds none: no data (a URL alone), or of a
 * type that is no text (pictures, PDF, RTF, and what names no type). Text that cannot be read in its character set is
 * left out by name.
 */

import { type Json, text } from '../read/fhir.ts';
import type { Reading } from '../read/reading.ts';
import { textOf } from './character-set.ts';
import { wordsOf } from './markup.ts';

export function attachedText(reading: Reading, attachment: Json): string | undefined {
  const contentType = text(attachment['contentType'])?.toLowerCase() ?? '';
  const type = contentType.split(';')[0]?.trim() ?? '';
  const data = text(attachment['data'])?.replace(/\s+/g, '');
  if (data === undefined || !isText(type)) return undefined;
  const bytes = bytesOf(data);
  const decoded = bytes && textOf(bytes, contentType);
  if (decoded === undefined) {
    reading.omitted.add('attachment-unreadable');
    return undefined;
  }
  if (/html/.test(type)) return text(wordsOf(decoded, 'html'));
  return text(isXml(type) ? wordsOf(decoded, 'xml') : decoded);
}

function isText(type: string): boolean {
  return (type.startsWith('text/') && type !== 'text/rtf') || (isXml(type) && !type.startsWith('image/'));
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
