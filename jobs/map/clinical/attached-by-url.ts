/**
 * The text of an attachment that comes by URL alone: of a Binary of the FHIR server, or of another address. It is asked
 * for where the connection says so (`hydrate.notes`), and comes as a Binary, which this maps as well: text that others
 * are mapped with, and no row of its own.
 *
 * Asked for is one attachment of a document, the easiest to read by its type; one without a type may be any.
 */
import { createHash } from 'node:crypto';
import type { Ref } from '../cdm/link.ts';
import { type Json, text } from '../read/fhir.ts';
import { excluded, type Reading, read } from '../read/reading.ts';
import { readReference } from '../read/references.ts';
import type { MappingSettings } from '../settings.ts';
import type { AttachmentContent, MapContext, Outcome, Resource } from '../types.ts';
import { type Attached, bestText, isText, rank, typeOf } from './attachments.ts';

/** What documents wait for that have no words without it. */
export const ATTACHMENT = 'Binary';

export interface ByUrl {
  readonly ref: Ref;
  readonly url: string;
  /** As the document says. */
  readonly contentType: string;
  readonly language: string | undefined;
}

export type Asked = { readonly attached: Attached } | { readonly awaits: Ref };

/** Of a document without text in it; undefined where there is nothing to ask for, or what came has no words. */
export function textByUrl(reading: Reading, attachments: readonly Json[]): Asked | undefined {
  const { context } = reading;
  const asked = attachmentByUrl(attachments, context.settings);
  if (asked === undefined) return undefined;
  const content = context.attachment(asked.ref);
  if (content === undefined) return { awaits: asked.ref };
  if (content.unreadable) reading.omitted.add('attachment-unreadable');
  return content.text === undefined
    ? undefined
    : { attached: { text: content.text, language: asked.language } };
}

export function attachmentByUrl(attachments: readonly Json[], settings: MappingSettings): ByUrl | undefined {
  if (!settings.attachmentsByUrl) return undefined;
  const found = attachments.flatMap((one) => {
    const url = addressOf(text(one['url']), settings.fhirBaseUrl);
    const contentType = text(one['contentType']) ?? '';
    if (url === undefined || !(contentType === '' || isText(typeOf(contentType)))) return [];
    const order = contentType === '' ? Number.POSITIVE_INFINITY : rank(one);
    return [{ ref: refOf(url, settings), url, contentType, language: text(one['language']), order }];
  });
  return found.toSorted((one, other) => one.order - other.order)[0];
}

/** Longer ones are no addresses that servers take. */
const LONGEST_URL = 4000;

/** Relative to the base of the server (R4, Attachment.url). */
function addressOf(sent: string | undefined, base: string): string | undefined {
  if (sent === undefined || sent.length > LONGEST_URL || !/^https?:/i.test(base)) return undefined;
  const from = base.endsWith('/') ? base : `${base}/`;
  if (!URL.canParse(sent, from)) return undefined;
  const { protocol, href } = new URL(sent, from);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/**
 * A Binary of the server by its id; else the address, as a hash: it may be signed, or name somebody. A version of a
 * Binary is an address of its own, since its words may be others than those of the Binary now.
 */
function refOf(url: string, settings: MappingSettings): Ref {
  const pointer = url.includes('/_history/') ? undefined : readReference({ reference: url }, settings);
  if (pointer?.kind === 'typed' && pointer.type === ATTACHMENT)
    return { types: [ATTACHMENT], id: pointer.id };
  return { types: [ATTACHMENT], id: `url-${createHash('sha256').update(url).digest('hex')}` };
}

/** Binary → its text, for the documents that it is attached to. It is of the patient whom securityContext names. */
export function mapBinary(resource: Resource, context: MapContext): Outcome {
  if (!context.settings.attachmentsByUrl) return excluded('no-omop-target');
  const reading = read(resource, context);
  const words = bestText(reading, [resource]);
  const unreadable = reading.omitted.has('attachment-unreadable');
  const attachment: AttachmentContent = { text: words?.text, ...(unreadable ? { unreadable } : {}) };
  const pointer = readReference(resource['securityContext'], context.settings);
  const isOfPatient = pointer?.kind === 'typed' && pointer.type === 'Patient';
  const person: Ref | undefined = isOfPatient ? { types: ['Patient'], id: pointer.id } : undefined;
  return { kind: 'rows', rows: [], unmapped: [], attachment, person };
}
