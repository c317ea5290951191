/**
 * FHIR references (R4, 2.3 "Resource References"), as exports really carry them: relative, absolute, versioned,
 * contained (`#x`), and `urn:uuid:` left over from transaction Bundles, where the uuid is the target's id and the
 * type is what the element expects. Conditional references (`Practitioner?identifier=system|value`) and references by
 * identifier alone name a business identifier; those of providers and places are kept, as hashes. References to
 * another server name nothing that we hold.
 */

import type { Identifier } from '../cdm/link.ts';
import type { MappingSettings } from '../settings.ts';
import { type Json, object, objects, text } from './fhir.ts';

export type Pointer =
  | { readonly kind: 'typed'; readonly type: string; readonly id: string }
  | { readonly kind: 'uuid'; readonly id: string }
  | { readonly kind: 'contained'; readonly id: string }
  | { readonly kind: 'identified'; readonly type: string | undefined; readonly identifier: Identifier };

/** FHIR allows ids of 64 characters, servers send longer ones; beyond 500 it is no id (and no index would take it). */
const TYPED = /^([A-Z][A-Za-z]{1,63})\/([^/?#\s]{1,500})(?:\/_history\/[^/?#\s]+)?$/;
const TYPED_AT_END = /\/([A-Z][A-Za-z]+\/[^/?#\s]+(?:\/_history\/[^/?#\s]+)?)\/?$/;
const URN = /^urn:(?:uuid|oid):(\S{1,500})$/i;

/** Where a Reference element points, or undefined when it names no resource by FHIR identity. */
export function readReference(reference: unknown, settings: MappingSettings): Pointer | undefined {
  const it = object(reference);
  const sent = text(it?.['reference']);
  if (it === undefined) return undefined;
  if (sent === undefined) return byIdentifier(text(it['type']), it['identifier']);
  const plain = plainOf(sent);
  if (plain) return plain;
  if (sent.startsWith('#')) return sent.length > 1 ? { kind: 'contained', id: sent.slice(1) } : undefined;
  const id = /^urn:/i.test(sent) ? URN.exec(sent)?.[1] : undefined;
  if (id !== undefined) {
    const type = text(it['type']);
    return type === undefined ? { kind: 'uuid', id } : { kind: 'typed', type, id };
  }
  const under = underBase(sent, settings.fhirBaseUrl).replace(/\/$/, '');
  const typed = typedOf(under);
  if (typed) return typed;
  return conditional(under) ?? byIdentifier(text(it['type']), it['identifier']);
}

/** Nearly all are `Type/id`: those are taken apart without the pattern's captures. */
function plainOf(sent: string): Pointer | undefined {
  const slash = sent.indexOf('/');
  if (slash <= 0) return undefined;
  const id = sent.slice(slash + 1);
  if (!ID.test(id)) return undefined;
  const type = sent.slice(0, slash);
  return TYPE.test(type) ? { kind: 'typed', type, id } : undefined;
}

function typedOf(sent: string): Pointer | undefined {
  const plain = plainOf(sent);
  if (plain) return plain;
  const [, type, target] = TYPED.exec(sent) ?? [];
  return type !== undefined && target !== undefined ? { kind: 'typed', type, id: target } : undefined;
}

const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const ID = /^[^/?#\s]{1,500}$/;

const CONDITIONAL = /^([A-Z][A-Za-z]{1,63})\?identifier=([^|&\s]{1,500})(?:\||%7C)([^|&\s]{1,500})$/i;

function conditional(sent: string): Pointer | undefined {
  const [, type, system, value] = CONDITIONAL.exec(sent) ?? [];
  if (type === undefined || system === undefined || value === undefined) return undefined;
  return { kind: 'identified', type, identifier: { system: decoded(system), value: decoded(value) } };
}

/** %-escapes as far as they are any. */
function decoded(sent: string): string {
  try {
    return decodeURIComponent(sent);
  } catch {
    return sent;
  }
}

function byIdentifier(type: string | undefined, sent: unknown): Pointer | undefined {
  const identifier = readIdentifier(sent);
  return identifier && { kind: 'identified', type, identifier };
}

/** A value without a system identifies nothing. */
export function readIdentifier(sent: unknown): Identifier | undefined {
  const it = object(sent);
  const system = text(it?.['system']);
  const value = text(it?.['value']);
  return system === undefined || value === undefined ? undefined : { system, value };
}

/** The contained resource that `#id` names. Some servers write the "#" into the id as well. */
export function contained(resource: Json, id: string): Json | undefined {
  return objects(resource['contained']).find((one) => one['id'] === id || one['id'] === `#${id}`);
}

/**
 * `https://ehr/fhir/Patient/1` → `Patient/1` when https://ehr/fhir is the connection's base. Servers behind a proxy
 * write http for https, name the default port, or the host in other letters: that is the same server. Another path on
 * the same host is not, for it may be that of another tenant.
 */
function underBase(sent: string, base: string): string {
  if (!/^https?:\/\//i.test(sent)) return sent;
  // Exports delivered as files have no base that we know: their absolute references are to their own server.
  if (base === '') return TYPED_AT_END.exec(sent)?.[1] ?? '';
  const prefix = base.endsWith('/') ? base : `${base}/`;
  if (sent.startsWith(prefix)) return sent.slice(prefix.length);
  const place = placeOf(sent);
  const own = placeOf(prefix);
  return place.startsWith(own) ? place.slice(own.length) : '';
}

/** Host and path of an http URL; the host in lower case, without a default port. */
function placeOf(url: string): string {
  const [, host = '', path = ''] = /^https?:\/\/([^/]*)(.*)$/is.exec(url) ?? [];
  return `${host.toLowerCase().replace(/:(?:80|443)$/, '')}${path}`;
}
