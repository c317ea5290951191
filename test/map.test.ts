/**
 * Golden cases: FHIR in, exact rows out. Columns that a case does not list must be NULL, tables that it does not list
 * must be empty, and so must its lists of exclusions, failures, unmapped codes and omitted parts.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIXED_CONCEPTS } from '../jobs/map/concepts.ts';
import { MAPPERS, map } from '../jobs/map/index.ts';
import { RULES } from '../jobs/map/rules.ts';
import type { MappingSettings } from '../jobs/map/settings.ts';
import type { Resource } from '../jobs/map/types.ts';
import { conceptOf, newContext } from './cases/context.ts';

interface Case {
  readonly name: string;
  readonly rule: string;
  readonly settings?: Partial<MappingSettings>;
  readonly fhir: readonly Resource[];
  readonly expect: Readonly<Record<string, unknown>>;
}

interface CaseFile {
  readonly cases: readonly Case[];
}

const folder = new URL('cases/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'vocabulary.json')
  .sort();

for (const file of files) {
  const { cases }: CaseFile = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  describe(file.replace('.json', ''), () => {
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
  const all = files.flatMap((file): readonly Case[] => {
    const { cases }: CaseFile = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return cases;
  });

  it('show every FHIR type that has a mapper', () => {
    const shown = new Set(all.flatMap((one) => one.fhir.map((resource) => resource.resourceType)));
    expect([...MAPPERS.keys()].filter((type) => !shown.has(type))).toEqual([]);
  });

  it('show every rule by which something is left out', () => {
    const shown = JSON.stringify(all.map((one) => [one.expect['excluded'], one.expect['omitted']]));
    expect(Object.keys(RULES).filter((rule) => !shown.includes(`"${rule}"`))).toEqual([]);
  });

  it('use concepts of the domain that concepts.ts states for the ids named in the code', () => {
    const wrong = FIXED_CONCEPTS.filter(
      (fixed) =>
        fixed.domain !== conceptOf(fixed.id).domain ||
        conceptOf(fixed.id).standard !== (fixed.standard ?? true),
    );
    expect(wrong).toEqual([]);
  });
});

export function outcomeOf(one: Pick<Case, 'settings' | 'fhir'>): Record<string, unknown> {
  const context = newContext(one.settings, one.fhir);
  const found: Record<string, unknown[]> = {};
  const add = (key: string, value: unknown): void => {
    found[key] = [...(found[key] ?? []), value];
  };
  for (const resource of one.fhir) {
    const name = `${resource.resourceType}/${resource.id}`;
    const outcome = map(resource, context);
    if (outcome.kind === 'excluded') add('excluded', { resource: name, rule: outcome.rule });
    if (outcome.kind === 'failed') {
      add('failed', { resource: name, reason: outcome.reason, field: outcome.field });
    }
    if (outcome.kind !== 'rows') continue;
    for (const row of outcome.rows) add(row.table, plain(row.values));
    for (const code of outcome.unmapped) add('unmapped', { ...code });
    for (const rule of outcome.omitted ?? []) add('omitted', { resource: name, rule });
    if (outcome.awaits) add('awaits', `ref:${outcome.awaits.types.join('|')}/${outcome.awaits.id}`);
  }
  return found;
}

/** A row as a case writes it: NULL columns left out, links as `ref:Type/id`, `own:key`, `row:0`. */
function plain(values: object): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(values)) {
    if (value !== undefined) row[column] = typeof value === 'object' ? link(value) : value;
  }
  return row;
}

function link(value: object): string {
  if ('ref' in value) {
    const { ref } = value as { ref: { types: string[]; id: string } };
    return `ref:${ref.types.join('|')}/${ref.id}`;
  }
  return Object.entries(value)
    .map(([kind, which]) => `${kind}:${which}`)
    .join();
}

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
