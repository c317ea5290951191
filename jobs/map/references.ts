/**
 * FHIR references (R4, 2.3 "Resource References"), as exports really carry them: relative, absolute, versioned,
 * contained (`#x`), and `urn:uuid:` left over from transaction Bundles, where the uuid is the target's id and the
 * type is what the element expects. Conditional references (`Practitioner?identifier=…`), references by identifier
 * alone and references to another server name nothing that we hold.
 */

import { type Json, object, objects, text } from './fhir.ts';
import type { MappingSettings } from './settings.ts';
import type { Resource } from './types.ts';

export type Pointer =
  | { readonly kind: 'typed'; readonly type: string; readonly id: string }
  | { readonly kind: 'uuid'; readonly id: string }
  | { readonly kind: 'contained'; readonly id: string };

/** FHIR allows ids of 64 characters, servers send longer ones; beyond 500 it is no id (and no index would take it). */
const TYPED = /^([A-Z][A-Za-z]{1,63})\/([^/?#\s]{1,500})(?:\/_history\/[^/?#\s]+)?$/;
const TYPED_AT_END = /\/([A-Z][A-Za-z]+\/[^/?#\s]+(?:\/_history\/[^/?#\s]+)?)$/;
const URN = /^urn:(?:uuid|oid):(\S{1,500})$/i;

/** Where a Reference element points, or undefined when it names no resource by FHIR identity. */
export function readReference(reference: unknown, settings: MappingSettings): Pointer | undefined {
  const it = object(reference);
  const sent = text(it?.['reference']);
  if (it === undefined || sent === undefined) return undefined;
  if (sent.startsWith('#')) return sent.length > 1 ? { kind: 'contained', id: sent.slice(1) } : undefined;
  const id = URN.exec(sent)?.[1];
  if (id !== undefined) {
    const type = text(it['type']);
    return type === undefined ? { kind: 'uuid', id } : { kind: 'typed', type, id };
  }
  const [, type, target] = TYPED.exec(underBase(sent, settings.fhirBaseUrl)) ?? [];
  return type !== undefined && target !== undefined ? { kind: 'typed', type, id: target } : undefined;
}

/** The contained resource that `#id` names. */
export function contained(resource: Resource, id: string): Json | undefined {
  return objects(resource['contained']).find((one) => one['id'] === id);
}

/** `https://ehr/fhir/Patient/1` → `Patient/1` when https://ehr/fhir is the connection's base. */
function underBase(sent: string, base: string): string {
  if (!/^https?:\/\//i.test(sent)) return sent;
  // Exports delivered as files have no base that we know: their absolute references are to their own server.
  if (base === '') return TYPED_AT_END.exec(sent)?.[1] ?? '';
  const prefix = base.endsWith('/') ? base : `${base}/`;
  return sent.startsWith(prefix) ? sent.slice(prefix.length) : '';
}
