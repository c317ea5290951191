/**
 * What holds for every resource, however broken: the mapping never throws, gives the same outcome twice, and each row it
 * gives is one that the database takes and that stands in the table of its concept's domain.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAPPERS, map } from '../../jobs/map/index.ts';
import { DEFAULT_SETTINGS, type MappingSettings } from '../../jobs/map/settings.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { anyText } from '../any-text.ts';
import { LONG_RUN } from '../long-run.ts';
import { newContext } from './cases/context.ts';
import { faultsOf } from './cases/faults.ts';
import { readCases } from './cases/read.ts';

const seeds: readonly Resource[] = readCases().flatMap(({ cases }) => cases.flatMap((one) => one.fhir));

const settings: fc.Arbitrary<MappingSettings> = fc.record({
  ...Object.fromEntries(Object.entries(DEFAULT_SETTINGS).map(([key, value]) => [key, fc.constant(value)])),
  fhirBaseUrl: fc.constantFrom('', 'https://ehr.example/fhir'),
  vendor: fc.constantFrom('epic', 'cerner', 'other'),
  personSourceValue: fc.constantFrom('identifier', 'resource-id'),
  address: fc.constantFrom('state', 'zip3', 'full'),
  provisionalConditions: fc.constantFrom('condition', 'observation'),
  medicationRequestIntents: fc.constantFrom(DEFAULT_SETTINGS.medicationRequestIntents, []),
  panelParents: fc.boolean(),
  valuelessObservations: fc.boolean(),
  earliestYear: fc.constantFrom(2, 1800),
  latestYear: fc.constantFrom(2200, 9998),
  unknownProcedures: fc.boolean(),
  emergencyAdmissions: fc.constantFrom('inpatient', 'emergency-and-inpatient'),
  implausibleEvents: fc.constantFrom('load', 'exclude'),
  timezone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata'),
  codeSystems: fc.constantFrom({}, { 'http://example.org/local': 'Local' }),
});

const types = [...MAPPERS.keys(), 'CarePlan', 'toString', ''];

/** Any JSON under any type's name. */
const anyResource: fc.Arbitrary<Resource> = fc
  .tuple(fc.constantFrom(...types), anyText(), fc.dictionary(elementName(), fc.jsonValue()))
  .map(([resourceType, id, rest]) => ({ ...rest, resourceType, id }));

/** A resource of the golden cases with some of its values broken. */
const brokenResource: fc.Arbitrary<Resource> = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(), breakage()), { minLength: 1, maxLength: 4 }))
  .map(([seed, breakages]) => breakages.reduce((resource, [at, how]) => broken(resource, at, how), seed));

describe('the mapping', () => {
  it('never throws on any JSON, and gives rows that the database takes', () => {
    fc.assert(
      fc.property(anyResource, settings, (resource, chosen) => {
        expect(faultsOf(map(resource, newContext(chosen)), chosen)).toEqual([]);
      }),
      { numRuns: LONG_RUN ? 3000 : 400 },
    );
  });

  it('never throws on a broken real resource, and gives rows that the database takes', () => {
    fc.assert(
      fc.property(brokenResource, settings, (resource, chosen) => {
        expect(faultsOf(map(resource, newContext(chosen, seeds)), chosen)).toEqual([]);
      }),
      { numRuns: LONG_RUN ? 6000 : 100 },
    );
  });

  it('gives the same outcome each time', () => {
    fc.assert(
      fc.property(brokenResource, (resource) => {
        const sent = structuredClone(resource);
        const first = map(resource, newContext());
        expect(map(resource, newContext())).toEqual(first);
        expect(resource).toEqual(sent);
      }),
      { numRuns: 500 },
    );
  });
});

function elementName(): fc.Arbitrary<string> {
  const names = new Set(seeds.flatMap((seed) => Object.keys(seed)));
  return fc.oneof(fc.constantFrom(...names), fc.string());
}

function breakage(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      ' ',
      0,
      -1,
      1e308,
      true,
      [],
      {},
      [null],
      [[]],
      '2024-02-30',
      '0000',
      'final',
      'completed',
      'entered-in-error',
      'x'.repeat(500),
      '😀'.repeat(100),
      '\ud800\0',
      '#x',
      'urn:uuid:',
      'Patient/',
      { reference: 'Patient/p1' },
      { coding: [{ code: 'x' }] },
      { coding: [{ system: 'http://snomed.info/sct', code: '44054006' }], text: 'y' },
      { value: -3, code: 'd' },
    ),
    fc.jsonValue(),
  );
}

/** The resource with its `at`-th value (counted through the tree) replaced; undefined drops it. */
function broken(resource: Resource, at: number, how: unknown): Resource {
  const copy: Resource = structuredClone(resource);
  const places: { holder: object; key: string }[] = [];
  const walk = (holder: object): void => {
    for (const [key, value] of Object.entries(holder)) {
      if (key !== 'resourceType' && !(holder === copy && key === 'id')) places.push({ holder, key });
      if (typeof value === 'object' && value !== null) walk(value);
    }
  };
  walk(copy);
  const place = places[at % Math.max(places.length, 1)];
  if (!place) return copy;
  if (how === undefined) Reflect.deleteProperty(place.holder, place.key);
  else Reflect.set(place.holder, place.key, structuredClone(how));
  return copy;
}
