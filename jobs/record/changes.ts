/** What a change of settings changed: only the fields that differ, as they were and as they are. */
import type { Facts } from './record.ts';

export interface Change {
  readonly before: Facts;
  readonly after: Facts;
}

/** `fields` names what is compared, so that a secret can only be among them if somebody writes its name there. */
export function changesOf<Field extends string>(
  fields: readonly Field[],
  before: Readonly<Partial<Record<Field, unknown>>>,
  after: Readonly<Partial<Record<Field, unknown>>>,
): Change {
  const differing = fields.filter((field) => canonicalJson(before[field]) !== canonicalJson(after[field]));
  const pick = (from: Readonly<Partial<Record<Field, unknown>>>): Facts =>
    Object.fromEntries(differing.map((field) => [field, from[field] ?? null]));
  return { before: pick(before), after: pick(after) };
}

/** JSON with the keys of each object in order, so that equal values are equal texts. Undefined reads as null. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
