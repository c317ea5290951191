/**
 * Reading FHIR JSON that nobody has checked. Each accessor gives undefined (or an empty list) for anything of
 * another type, so mappers are total: no resource, however broken, makes them throw.
 */

import { systemKey } from './code-systems.ts';
import { SYSTEM } from './hl7-systems.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Coding {
  readonly system: string | undefined;
  readonly code: string;
  readonly display: string | undefined;
  readonly userSelected: boolean;
}

/** FHIR's ways of saying "no value" inside a CodeableConcept: no code to look up, no text and no value. */
const ABSENCE_SYSTEMS = new Set<string>([...SYSTEM.nullFlavor, ...SYSTEM.dataAbsentReason]);

export const saysAbsent = (system: string | undefined): boolean =>
  system !== undefined && ABSENCE_SYSTEMS.has(systemKey(system));

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function object(value: unknown): Json | undefined {
  return isObject(value) ? value : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): readonly Json[] {
  const items = list(value);
  // Nearly always all of them are: then the list itself will do.
  for (let n = 0; n < items.length; n++) if (!isObject(items[n])) return items.filter(isObject);
  return items as readonly Json[];
}

/**
 * A non-blank string without what Postgres cannot hold: NUL (U+0000), and surrogates without their partner.
 */
export function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const clean = (value.includes('\0') ? value.replaceAll('\0', '') : value).toWellFormed().trim();
  return clean === '' ? undefined : clean;
}

/** Servers send decimals as strings too, to keep their precision: what says a number is one. */
export function number(value: unknown): number | undefined {
  const n = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}

/** FHIR's decimal, with the spaces and leading zeros that people put around one. */
const DECIMAL = /^ {0,9}-?\d{1,99}(?:\.\d{1,99})?(?:[eE][+-]?\d{1,9})? {0,9}$/;

/** The number of a Quantity that says what it is, not less or more than what (its comparator). */
export function exact(quantity: Json | undefined): number | undefined {
  const comparator = text(quantity?.['comparator']);
  return comparator === undefined || comparator === '=' ? number(quantity?.['value']) : undefined;
}

/** A whole number of 32 bits, which is FHIR's integer and Postgres'. */
export function integer(value: unknown): number | undefined {
  const n = number(value);
  return n !== undefined && Number.isInteger(n) && Math.abs(n) <= 2_147_483_647 ? n : undefined;
}

export function flag(value: unknown): boolean | undefined {
  if (value === 'true') return true;
  if (value === 'false') return false;
  return typeof value === 'boolean' ? value : undefined;
}

/** The codings of a CodeableConcept, without those that only say that there is none. */
export function codings(codeable: unknown): readonly Coding[] {
  const found: Coding[] = [];
  for (const raw of objects(object(codeable)?.['coding'])) {
    const one = coding(raw);
    if (one) found.push(one);
  }
  return found;
}

export function coding(raw: unknown): Coding | undefined {
  const it = object(raw);
  const code = text(it?.['code']);
  const system = text(it?.['system']);
  if (!it || code === undefined || saysAbsent(system)) return undefined;
  return { system, code, display: text(it['display']), userSelected: flag(it['userSelected']) === true };
}

/**
 * What a CodeableConcept says in words: its text, else the first display. That of a coding which only says that there is
 * no value ("Unknown", "Masked") is none, nor is a text that repeats it.
 */
export function words(codeable: unknown): string | undefined {
  const it = object(codeable);
  if (!it) return undefined;
  const sent = objects(it['coding']);
  const said = text(it['text']);
  if (said !== undefined) return sent.some((raw) => repeatsAbsence(raw, said)) ? undefined : said;
  for (const raw of sent) {
    const display = text(raw['display']);
    if (display !== undefined && !saysAbsent(text(raw['system']))) return display;
  }
  return undefined;
}

function repeatsAbsence(raw: Json, said: string): boolean {
  if (!saysAbsent(text(raw['system']))) return false;
  const same = (one: unknown): boolean => text(one)?.toLowerCase() === said.toLowerCase();
  return same(raw['display']) || same(raw['code']);
}

/** The value of the first extension with this URL. */
export function extension(element: unknown, url: string): Json | undefined {
  return objects(object(element)?.['extension']).find((one) => one['url'] === url);
}

/** A modifierExtension that we do not know may turn the meaning of its element around (FHIR R4, Extensibility). */
export function isModified(element: Json): boolean {
  return list(element['modifierExtension']).length > 0;
}
