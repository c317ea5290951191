/**
 * The elements that the mappers read and those whose types are declared (expected-types.ts) are the same. A mapper that
 * reads an undeclared one would take a wrong type for an absence; a declaration that nobody reads would fail resources
 * for nothing. Shown by mapping the golden cases through objects that note what is asked of them.
 */

import { describe, expect, it } from 'vitest';
import { MAPPERS, map } from '../../jobs/map/index.ts';
import { EXPECTED } from '../../jobs/map/read/expected-types.ts';
import { isModified } from '../../jobs/map/read/fhir.ts';
import { r5Shape } from '../../jobs/map/read/r5-shapes.ts';
import { isSoftDeleted } from '../../jobs/map/read/soft-deleted.ts';
import type { Expected } from '../../jobs/map/read/wrong-type.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { LONG_RUN } from '../long-run.ts';
import { newContext } from './cases/context.ts';
import { readCases } from './cases/read.ts';
import { isList, neverAsked, noting, ofItem, type Reads } from './note-reads.ts';

const cases = readCases().flatMap((file) => file.cases);

describe('the declared types', () => {
  const reads: Reads = { undeclared: new Set(), asked: new Map() };
  for (const { fhir, settings, withoutConcepts } of cases) {
    const noted = fhir.map(
      (resource) =>
        noting(reads, resource, EXPECTED.get(resource.resourceType) ?? {}, resource.resourceType) as Resource,
    );
    const context = newContext(settings, noted, withoutConcepts);
    for (const resource of noted) {
      const mapper = MAPPERS.get(resource.resourceType);
      if (mapper && !isModified(resource)) mapper(resource, context);
    }
  }

  // Asked before any mapper reads, of whatever type it is: is this deleted, or of R5?
  const before: Reads = { undeclared: new Set(), asked: new Map() };
  for (const resource of cases.flatMap((one) => one.fhir)) {
    const { resourceType: type } = resource;
    const noted = noting(before, resource, EXPECTED.get(type) ?? {}, type) as Resource;
    isSoftDeleted(noted);
    r5Shape(noted);
  }

  it('are there for each type that has a mapper', () => {
    expect([...EXPECTED.keys()].sort()).toEqual([...MAPPERS.keys()].sort());
  });

  it('are those of every element that a mapper reads', () => {
    const undeclared = [...reads.undeclared].filter((element) => !before.undeclared.has(element));
    expect(undeclared.sort()).toEqual([]);
  });

  it('are of no element that no mapper reads', () => {
    const never = [...EXPECTED].flatMap(([type, elements]) => neverAsked(elements, type, reads));
    expect(never).toEqual([]);
  });
});

describe('an element of a wrong type', () => {
  it('fails its resource by name, whichever element of whichever type it is', () => {
    const places = cases
      .flatMap((one) => one.fhir)
      .filter((resource) => EXPECTED.has(resource.resourceType) && isLive(resource))
      .flatMap((resource) => placesIn(resource));
    expect(places.length).toBeGreaterThan(3000);
    // The suite breaks every tenth.
    const silent = places
      .filter((_, at) => LONG_RUN || at % 10 === 0)
      .flatMap((place) =>
        wrongFor(place.expected).flatMap((value) => {
          const found = failureOf(replaced(place, value));
          const isNamed = found?.field === place.field && /^Expected .+, found .+$/.test(found.reason);
          // What R5 has in its place is told by the element that differs.
          const isR5 =
            found &&
            place.field.startsWith(found.field) &&
            /^Expected R4's .+, found R5's .+$/.test(found.reason);
          const named = isNamed || isR5;
          return named ? [] : [{ field: place.field, value, found }];
        }),
      );
    expect(silent.slice(0, 5)).toEqual([]);
  });
});

interface Place {
  readonly resource: Resource;
  readonly keys: readonly string[];
  readonly field: string;
  readonly expected: Expected;
}

/** Everything in a resource that a type is declared for. */
function placesIn(resource: Resource): readonly Place[] {
  const { resourceType, id: _, ...rest } = resource;
  return placesUnder(rest, EXPECTED.get(resourceType) ?? {}, {
    ...{ resource, keys: [], field: resourceType, expected: {} },
  });
}

function placesUnder(value: unknown, expected: Expected, at: Place): readonly Place[] {
  if (typeof expected === 'string' || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): readonly Place[] => {
    const isItem = Array.isArray(value);
    const own = isItem ? ofItem(expected, inner) : isList(expected) ? undefined : expected[name];
    // What tells kinds apart makes another kind of thing when it changes.
    if (own === undefined || inner === null || name === 'url' || name === 'resourceType') return [];
    const keys = [...at.keys, name];
    const place = { ...at, keys, field: isItem ? at.field : `${at.field}.${name}`, expected: own };
    return [place, ...placesUnder(inner, own, place)];
  });
}

function wrongFor(expected: Expected): readonly unknown[] {
  const object = { x: 1 };
  if (expected === 'string') return [7, true, object, ['a']];
  if (expected === 'number') return ['seven', '7,5', '', true, object, [7], Number.POSITIVE_INFINITY];
  if (expected === 'integer') return ['7.5', 7.5, 3e9, true, object, [7]];
  if (expected === 'boolean') return ['yes', 1, object, [true]];
  return isList(expected) ? ['a', 7, true, object, [7]] : ['a', 7, false, [], [object]];
}

function replaced({ resource, keys }: Place, value: unknown): Resource {
  const copy: Resource = structuredClone(resource);
  const holder = keys.slice(0, -1).reduce<unknown>((inner, key) => Object(inner)[key], copy);
  Reflect.set(Object(holder), keys.at(-1) ?? '', value);
  return copy;
}

/** What fails already shows nothing, and what is taken back goes whatever is wrong with it. */
const TAKEN_BACK = new Set<string>(['entered-in-error', 'soft-deleted']);

function isLive(resource: Resource): boolean {
  const outcome = map(resource, newContext());
  return outcome.kind === 'rows' || (outcome.kind === 'excluded' && !TAKEN_BACK.has(outcome.rule));
}

function failureOf(resource: Resource): { readonly reason: string; readonly field: string } | undefined {
  const outcome = map(resource, newContext());
  return outcome.kind === 'failed' ? outcome : undefined;
}
