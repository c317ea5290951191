/**
 * Look-ups in the vocabulary, as tables for people or as --json: `cli vocabulary concept ID`, `vocabulary map
 * SYSTEM CODE`, `vocabulary release`.
 */
import type { ApiClient, Schemas } from '../../openapi/client/index.ts';
import { openLocal } from './local.ts';
import { table } from './table.ts';

export interface LookUpOptions {
  readonly json: boolean;
}

export function showConcept(id: string, { json }: LookUpOptions): Promise<boolean> {
  return withApi(async (api) => {
    const params = { path: { id: Number(id) } };
    const { data, error } = await api.GET('/api/v1/vocabulary/concepts/{id}', { params });
    if (!data) throw new Error(error?.detail ?? 'the concept cannot be read');
    if (json) return print(data);
    console.log(table([conceptRow(data)]));
    console.log(
      `\nValid from ${data.valid_start_date} to ${data.valid_end_date}; ${data.children} concepts one level below.`,
    );
    if (data.synonyms.length > 0) console.log(`\nSynonyms\n${table(data.synonyms)}`);
    console.log(`\nRelationships${data.more_relationships ? ' (the first of them)' : ''}`);
    console.log(
      table(
        data.relationships.map((one) => ({ relationship: one.relationship_id, ...conceptRow(one.concept) })),
      ),
    );
    console.log(`\nAncestors${data.more_ancestors ? ' (the nearest)' : ''}`);
    console.log(table(data.ancestors.map((one) => ({ levels: one.min_levels, ...conceptRow(one.concept) }))));
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
    console.log(`${system} is ${tried}; release ${data.version}.\n\nThe code itself`);
    console.log(table(data.source ? [conceptRow(data.source)] : []));
    if (data.replaced_by.length > 0) console.log(`\nReplaced by\n${table(data.replaced_by.map(conceptRow))}`);
    console.log(`\nMaps to (decided by: ${data.decided_by})\n${table(data.targets.map(conceptRow))}`);
    if (data.values.length > 0) console.log(`\nMaps to value\n${table(data.values.map(conceptRow))}`);
  });
}

export function showRelease({ json }: LookUpOptions): Promise<boolean> {
  return withApi(async (api) => {
    const { data, error } = await api.GET('/api/v1/vocabulary/release', {});
    if (!data) throw new Error(error?.detail ?? 'the releases cannot be read');
    if (json) return print(data);
    console.log(`Current release\n${table(data.current ? [data.current] : [])}`);
    console.log(`\nVocabularies\n${table(data.vocabularies)}`);
    if (data.earlier.length > 0) console.log(`\nEarlier releases\n${table(data.earlier)}`);
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
  console.log(JSON.stringify(data, null, 2));
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
