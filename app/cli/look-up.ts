/**
 * Look-ups in the vocabulary, as tables for people or as --json: `cli vocabulary concept ID`, `vocabulary map
 * SYSTEM CODE`, `vocabulary release`.
 */
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { openLocal } from './local.ts';
import { table } from './table.ts';
import { say, sayJson } from './terminal.ts';

export interface LookUpOptions {
  readonly json: boolean;
}

export function showConcept(id: string, { json }: LookUpOptions): Promise<boolean> {
  return withApi(async (api) => {
    const params = { path: { id: Number(id) } };
    const { data, error } = await api.GET('/api/v1/vocabulary/concepts/{id}', { params });
    if (!data) throw new Error(error?.detail ?? 'the concept cannot be read');
    if (json) return print(data);
    say(table([conceptRow(data)]));
    say(
      `\nValid from ${data.valid_start_date} to ${data.valid_end_date}; ${data.children} concepts one level below.`,
    );
    if (data.synonyms.length > 0) say(`\nSynonyms\n${table(data.synonyms)}`);
    say(`\nRelationships${data.more_relationships ? ' (the first of them)' : ''}`);
    say(
      table(
        data.relationships.map((one) => ({ relationship: one.relationship_id, ...conceptRow(one.concept) })),
      ),
    );
    say(`\nAncestors${data.more_ancestors ? ' (the nearest)' : ''}`);
    say(table(data.ancestors.map((one) => ({ levels: one.min_levels, ...conceptRow(one.concept) }))));
  });
}

export function mapCode(
  system: string,
  code: string,
  { json, site }: LookUpOptions & { readonly site: string | undefined },
): Promise<boolean> {
  return withApi(async (api) => {
    const query = { system, code, ...(site ? { site_key: site } : {}) };
    const { data, error } = await api.GET('/api/v1/vocabulary/source-to-standard', { params: { query } });
    if (!data) throw new Error(error?.detail ?? 'the code cannot be looked up');
    if (json) return print(data);
    const tried = data.vocabularies.length > 0 ? data.vocabularies.join(', ') : 'no known vocabulary';
    say(`${system} is ${tried}; release ${data.version}.\n\nThe code itself`);
    say(table(data.source ? [conceptRow(data.source)] : []));
    if (data.replaced_by.length > 0) say(`\nReplaced by\n${table(data.replaced_by.map(conceptRow))}`);
    say(`\nMaps to (decided by: ${data.decided_by})\n${table(data.targets.map(conceptRow))}`);
    if (data.values.length > 0) say(`\nMaps to value\n${table(data.values.map(conceptRow))}`);
  });
}

export function showRelease({ json }: LookUpOptions): Promise<boolean> {
  return withApi(async (api) => {
    const { data, error } = await api.GET('/api/v1/vocabulary/release', {});
    if (!data) throw new Error(error?.detail ?? 'the releases cannot be read');
    if (json) return print(data);
    say(`Current release\n${table(data.current ? [data.current] : [])}`);
    say(`\nVocabularies\n${table(data.vocabularies)}`);
    if (data.earlier.length > 0) say(`\nEarlier releases\n${table(data.earlier)}`);
  });
}

/** A concept as a row of a table. */
export function conceptRow(concept: Schemas['Concept']) {
  return {
    concept_id: String(concept.concept_id),
    name: concept.concept_name,
    domain: concept.domain_id,
    vocabulary: concept.vocabulary_id,
    class: concept.concept_class_id,
    standard: concept.standard_concept,
    code: concept.concept_code,
    invalid: concept.invalid_reason,
  };
}

export function print(data: unknown): void {
  sayJson(data);
}

export async function withApi(work: (api: ApiClient) => Promise<void>): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    await work(local.api);
    return true;
  } finally {
    await local.close();
  }
}
