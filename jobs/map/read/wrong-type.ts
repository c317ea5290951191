/**
 * Is every element that the mappers read of the type that FHIR gives it? One that is not fails the resource by name: taken
 * as absent it would vanish, or turn the meaning of what stands beside it (a modifierExtension that is no list, a result
 * of which only the interpretation is left).
 *
 * Numbers and booleans sent as strings are read as what they say (fhir.ts), so they are right. null is an absent element.
 * What no mapper reads is not looked at.
 *
 * This runs for each resource that is mapped: a declaration is compiled into closures, and only elements that are there
 * cost anything.
 */

import { flag, integer, isObject, number } from './fhir.ts';

/** `[X]` is a list of X, `['url', {…}]` a list of things of several kinds. An integer has FHIR's 32 bits. */
export type Expected = 'string' | 'number' | 'integer' | 'boolean' | Elements | readonly [Expected] | Kinds;

export interface Elements {
  readonly [element: string]: Expected;
}

/** A list whose items differ by one of their elements; of an item of another kind nothing but that is expected. */
export type Kinds = readonly [by: 'url' | 'resourceType', kinds: Readonly<Record<string, Elements>>];

export const byUrl = (kinds: Readonly<Record<string, Elements>>): Kinds => ['url', kinds];
export const byType = (kinds: Readonly<Record<string, Elements>>): Kinds => ['resourceType', kinds];

export interface WrongType {
  /** `Observation.component.valueQuantity.value` */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** What is wrong with a value at this path; nothing, nearly always. */
export type Check = (value: unknown, path: string) => WrongType | undefined;

export function compile(expected: Expected): Check {
  if (expected === 'string') return ofText;
  if (expected === 'number') return ofNumber;
  if (expected === 'integer') return ofInteger;
  if (expected === 'boolean') return ofBoolean;
  if (!isList(expected)) return ofElements(expected);
  return expected.length === 1 ? ofList(compile(expected[0])) : ofKinds(expected);
}

function isList(expected: object): expected is readonly unknown[] & (readonly [Expected] | Kinds) {
  return Array.isArray(expected);
}

const ofText: Check = (value, path) =>
  typeof value === 'string' ? undefined : wrong(path, 'a string', value);

const ofNumber: Check = (value, path) =>
  number(value) === undefined ? wrong(path, 'a number', value) : undefined;

const ofInteger: Check = (value, path) =>
  integer(value) === undefined ? wrong(path, 'a whole number of 32 bits', value) : undefined;

const ofBoolean: Check = (value, path) =>
  flag(value) === undefined ? wrong(path, 'true or false', value) : undefined;

function ofElements(elements: Elements): Check {
  const checks = new Map(Object.entries(elements).map(([name, expected]) => [name, compile(expected)]));
  return (value, path) => {
    if (!isObject(value)) return wrong(path, 'an object', value);
    for (const name in value) {
      const check = checks.get(name);
      const inner = check && value[name];
      if (check === undefined || inner === undefined || inner === null) continue;
      const found = check(inner, name);
      if (found) return under(path, found);
    }
    return undefined;
  };
}

function ofList(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'a list', value);
    for (const item of value as readonly unknown[]) {
      const found = item === undefined || item === null ? undefined : check(item, path);
      if (found) return found;
    }
    return undefined;
  };
}

function ofKinds([key, kinds]: Kinds): Check {
  const other = ofElements({ [key]: 'string' });
  const checks = new Map(Object.entries(kinds).map(([kind, elements]) => [kind, ofElements(elements)]));
  return ofList((item, path) => {
    const kind = isObject(item) ? item[key] : undefined;
    return ((typeof kind === 'string' ? checks.get(kind) : undefined) ?? other)(item, path);
  });
}

function wrong(field: string, expected: string, value: unknown): WrongType {
  return { field, expected, found: nameOf(value, expected) };
}

function under(path: string, found: WrongType): WrongType {
  return { ...found, field: `${path}.${found.field}` };
}

/** What it is, never what it says. */
function nameOf(value: unknown, expected: string): string {
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return expected === 'a list' || expected === 'an object' ? 'a string' : 'a string that says none';
    case 'number':
      if (!Number.isFinite(value)) return 'a number beyond what a double holds';
      return expected.startsWith('a whole number') ? 'another number' : 'a number';
    case 'boolean':
      return 'a boolean';
    default:
      return 'an object';
  }
}
