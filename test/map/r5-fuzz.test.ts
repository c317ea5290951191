/**
 * Each resource of each golden case, written as R5 writes it, whole and in one place only (to-r5.ts): it is refused by the name of an element that R5
 * changed, or gives what the R4 resource gives. Nothing of it is read by half.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MAPPERS, map } from '../../jobs/map/index.ts';
import type { Outcome } from '../../jobs/map/types.ts';
import { newContext } from './cases/context.ts';
import { readCases } from './cases/read.ts';
import { shapesOfR5 } from './to-r5.ts';

const OTHER_RELEASES = new Set(['r5-shapes', 'not-done--earlier-versions']);
const files = readCases().filter(({ name }) => !OTHER_RELEASES.has(name));

/** Refused as R5's; what is left out for good is left out whatever its shape, and so is a type that R4 has not. */
const isRefused = (outcome: Outcome): boolean =>
  (outcome.kind === 'failed' && /^Expected R4's .+, found R5's .+$/.test(outcome.reason)) ||
  (outcome.kind === 'excluded' && outcome.rule === 'no-omop-target');

const plain = (outcome: Outcome): unknown => JSON.parse(JSON.stringify(outcome));

describe.each(files.map(({ name, cases }) => [name, cases] as const))('as R5: %s', (_, cases) => {
  it('no resource is read by half', () => {
    const half = cases.flatMap(({ name, fhir, settings, withoutConcepts, cdm }) => {
      const context = newContext(settings, fhir, withoutConcepts, cdm);
      return fhir.flatMap((resource) => {
        const before = plain(map(resource, context));
        return shapesOfR5(resource).flatMap((other) => {
          const now = map(other, context);
          if (isRefused(now) || isDeepStrictEqual(plain(now), before)) return [];
          return [{ case: name, other, before, now: plain(now) }];
        });
      });
    });
    expect(half).toEqual([]);
  });
});

describe('the golden cases as R5', () => {
  const all = files.flatMap(({ cases }) => cases.flatMap(({ fhir }) => fhir));
  const changed = all.flatMap((resource) =>
    shapesOfR5(resource).map((other) => ({
      ...{ type: resource.resourceType, refused: isRefused(map(other, newContext())) },
    })),
  );

  it('are many, of every type that R5 changed', () => {
    expect(changed.length).toBeGreaterThan(1000);
    const types = new Set(changed.map(({ type }) => type));
    expect([...types].filter((type) => !MAPPERS.has(type))).toEqual([]);
    expect(types.size).toBeGreaterThan(15);
  });

  it('are refused for the most part', () => {
    expect(changed.filter(({ refused }) => refused).length).toBeGreaterThan(changed.length / 2);
  });
});
