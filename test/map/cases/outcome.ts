/** What a golden case gives, in the form in which case files write it. */

import type { Link, Ref } from '../../../jobs/map/cdm/link.ts';
import { map } from '../../../jobs/map/index.ts';
import type { MappingSettings } from '../../../jobs/map/settings.ts';
import type { Resource } from '../../../jobs/map/types.ts';
import type { CdmVersion } from '../../../sql/cdm-version.ts';
import { newContext } from './context.ts';

export interface Case {
  readonly name: string;
  /** What it shows: a statement of the guide, a Themis page, a CDM field, or our decision. */
  readonly rule: string;
  readonly settings?: Partial<MappingSettings>;
  /** The version of the CDM that rows are made for; 5.4 where it is not said. */
  readonly cdm?: CdmVersion;
  /** Concepts that the vocabulary is to lack. */
  readonly withoutConcepts?: readonly number[];
  readonly fhir: readonly Resource[];
  readonly expect: Readonly<Record<string, unknown>>;
}

export function outcomeOf(
  one: Pick<Case, 'settings' | 'fhir' | 'withoutConcepts' | 'cdm'>,
): Record<string, unknown> {
  const context = newContext(one.settings, one.fhir, one.withoutConcepts, one.cdm);
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
    if (outcome.kind === 'waits') {
      add('waits', { resource: name, for: `ref:${outcome.awaits.types.join('|')}/${outcome.awaits.id}` });
    }
    if (outcome.kind !== 'rows') continue;
    for (const row of outcome.rows) add(row.table, plain(row.values));
    for (const code of outcome.unmapped) add('unmapped', { ...code });
    for (const rule of outcome.omitted ?? []) add('omitted', { resource: name, rule });
    const { role, ...lists } = outcome.relations ?? {};
    if (role) add('role', related(role));
    for (const [kind, said] of Object.entries(lists)) {
      for (const one of said ?? []) add(kind, related(one));
    }
    if (outcome.awaits) add('awaits', `ref:${outcome.awaits.types.join('|')}/${outcome.awaits.id}`);
  }
  return found;
}

/** A row as a case writes it: NULL columns left out, links as `ref:Type/id`, `own:key`, `row:0`. */
function plain(values: object): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(values)) {
    if (value !== undefined) row[column] = isLink(value) ? link(value) : value;
  }
  return row;
}

/** What a resource says of others, with references as `ref:Type/id`. */
function related(said: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(said).map(([key, value]) => [key, isRef(value) ? link({ ref: value }) : value]),
  );
}

function isRef(value: unknown): value is Ref {
  return typeof value === 'object' && value !== null && 'types' in value;
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null;
}

function link(value: Link): string {
  if ('ref' in value) {
    const { types, id, identifier } = value.ref;
    return `ref:${types.join('|')}${identifier ? `?${identifier.system}|${identifier.value}` : `/${id}`}`;
  }
  return 'row' in value ? `row:${value.row}` : `own:${value.own}`;
}
