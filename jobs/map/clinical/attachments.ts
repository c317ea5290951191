/** The text inside a FHIR Attachment (base64, RFC 4648), or undefined when it holds none. */

import { type Json, text } from '../read/fhir.ts';

export function attachedText(attachment: Json): string | undefined {
  const type = text(attachment['contentType'])?.toLowerCase() ?? '';
  const data = text(attachment['data'])?.replace(/\s+/g, '');
  if (data === undefined || !isText(type) || !isBase64(data)) return undefined;
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const decoded = new TextDecoder(charsetOf(type)).decode(bytes);
  return text(/html|xml/.test(type) ? withoutTags(decoded) : decoded);
}

function isText(type: string): boolean {
  return /^(text\/|application\/(xhtml\+xml|xml)\b)/.test(type) && !type.startsWith('text/rtf');
}

function isBase64(data: string): boolean {
  return data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
}

function charsetOf(type: string): 'utf-8' | 'windows-1252' {
  return /charset="?(iso-8859-1|latin1|windows-1252|us-ascii)/.test(type) ? 'windows-1252' : 'utf-8';
}

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);

/** Enough for reading; not a renderer: what separates paragraphs becomes a line end, all other tags go. */
function withoutTags(html: string): string {
  return html
    .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<(br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (whole, name: string) => ENTITIES.get(name) ?? whole)
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n');
}
