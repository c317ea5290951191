/**
 * Golden cases: FHIR in, exact rows out. Columns that a case does not list must be NULL, tables that it does not list
 * must be empty, and so must its lists of exclusions, failures, unmapped codes and omitted parts.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as CONCEPTS from '../../jobs/map/cdm/concepts.ts';
import { MAPPERS, map } from '../../jobs/map/index.ts';
import { R5_ELEMENTS } from '../../jobs/map/read/r5-shapes.ts';
import { RULES } from '../../jobs/map/rules.ts';
import { DEFAULT_SETTINGS } from '../../jobs/map/settings.ts';
import { conceptOf, newContext } from './cases/context.ts';
import { outcomeOf } from './cases/outcome.ts';
import { readCases } from './cases/read.ts';

const files = readCases();

for (const { name: file, cases } of files) {
  describe(file, () => {
    it('has a name of its own for each case', () => {
      const names = cases.map((one) => one.name);
      expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
    });

    for (const one of cases) {
      it(one.name, () => {
        expect(one.rule).not.toBe('');
        expect(outcomeOf(one)).toEqual(withoutComments(one.expect));
      });
    }
  });
}

describe('the golden cases together', () => {
  const all = files.flatMap(({ cases }) => cases);

  it('show every FHIR type that has a mapper', () => {
    const shown = new Set(all.flatMap((one) => one.fhir.map((resource) => resource.resourceType)));
    expect([...MAPPERS.keys()].filter((type) => !shown.has(type))).toEqual([]);
  });

  it('show every rule by which something is left out', () => {
    const shown = JSON.stringify(all.map((one) => [one.expect['excluded'], one.expect['omitted']]));
    expect(Object.keys(RULES).filter((rule) => !shown.includes(`"${rule}"`))).toEqual([]);
  });

  it('show every element by which a resource is told to be of R5', () => {
    const failed = all.flatMap((one) => (one.expect['failed'] ?? []) as readonly { field: string }[]);
    const shown = new Set(failed.map(({ field }) => field.replace('.contained.', '.')));
    const like = (element: string) => element.replace(/(DateTime|Period|Timing|String|Age|Range)$/, '');
    const kinds = new Set([...shown].map(like));
    expect(R5_ELEMENTS.length).toBeGreaterThan(50);
    expect(R5_ELEMENTS.filter((element) => !shown.has(element) && !kinds.has(like(element)))).toEqual([]);
  });

  it('show every switch in another position than the usual one', () => {
    const shown = new Set(all.flatMap((one) => Object.keys(one.settings ?? {})));
    const switches = [
      ...Object.keys(DEFAULT_SETTINGS),
      'timezone',
      'personIdentifierSystem',
      'personIdentifierPrefix',
    ];
    expect(switches.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are what GUIDE.md names as proof of the statements of the guide, which are 56', () => {
    const guide = readFileSync(new URL('../../jobs/map/GUIDE.md', import.meta.url), 'utf8');
    const rows = guide.split('\n').filter((line) => line.startsWith('| f2o-'));
    expect(new Set(rows.map((line) => line.slice(2, 9))).size).toBe(56);
    const named = rows.flatMap((line) => [...line.matchAll(/“([^”]+)”/g)].map((match) => match[1] ?? ''));
    expect(named.length).toBeGreaterThan(30);
    const names = new Set(all.map((one) => one.name));
    expect(named.filter((name) => !names.has(name))).toEqual([]);
  });

  it('name beside the rows the person that the rows are of', () => {
    for (const one of all) {
      const context = newContext(one.settings, one.fhir, one.withoutConcepts);
      for (const resource of one.fhir) {
        const outcome = map(resource, context);
        if (outcome.kind !== 'rows') continue;
        for (const { values } of outcome.rows) {
          const person = 'person_id' in values ? values.person_id : undefined;
          if (person && 'ref' in person) expect([one.name, outcome.person]).toEqual([one.name, person.ref]);
        }
      }
    }
  });

  it('use concepts of the domain that concepts.ts states for the ids named in the code', () => {
    const wrong = CONCEPTS.FIXED_CONCEPTS.filter(
      (fixed) =>
        fixed.domain !== conceptOf(fixed.id).domain ||
        conceptOf(fixed.id).standard !== (fixed.standard ?? true),
    );
    expect(wrong).toEqual([]);
  });

  it('are checked for every concept of concepts.ts', () => {
    const { FIXED_CONCEPTS, ...groups } = CONCEPTS;
    const all = Object.values(groups).flatMap((group) => Object.values<CONCEPTS.FixedConcept>(group));
    expect(new Set(FIXED_CONCEPTS)).toEqual(new Set(all));
  });
});

/** `__name` and its like are comments beside concept ids. */
function withoutComments(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutComments);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('__'))
      .map(([key, inner]) => [key, withoutComments(inner)]),
  );
}
