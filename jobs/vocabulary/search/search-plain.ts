/**
 * Search without the search tables: by code or id, and by the beginning of the name while the tables are
 * being built.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { SearchRequest } from './search-request.ts';
import type { Hit } from './search-texts.ts';

/**
 * The text may be a code, as written in any vocabulary, or a concept id. Codes of letters alone are only
 * units, such as kg.
 */
export async function findByCode(tx: Tx, request: SearchRequest): Promise<Hit[]> {
  const text = request.text.trim();
  if (/\s/.test(text) || /^\p{L}{4,}$/u.test(text) || text.length > 50) return [];
  const id = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  return tx<Hit[]>`
    select 0 as text_no, concept_id, true as is_name, '' as words from concept
    where (concept_code in (${text}, ${text.toUpperCase()}) or concept_id = ${id}) and ${filters(tx, request)}
    order by concept_id = ${id} desc, standard_concept is distinct from 'S', invalid_reason is not null, concept_id
    limit 20`;
}

/**
 * Reads all names, which takes a second or two on a full release: for the minutes until the search tables are
 * built.
 */
export async function findByPrefix(tx: Tx, request: SearchRequest, wanted: number): Promise<Hit[]> {
  const beginning = request.text
    .trim()
    .toLowerCase()
    .replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
  return tx<Hit[]>`
    select 0 as text_no, concept_id, true as is_name, '' as words from concept
    where lower(concept_name) like ${`${beginning}%`} and ${filters(tx, request)}
    order by length(concept_name), standard_concept is distinct from 'S', invalid_reason is not null, concept_id
    limit ${wanted}`;
}

function filters(tx: Tx, { domains, vocabularies, classes, standard, valid }: SearchRequest) {
  const lower = (values: readonly string[] | undefined) =>
    values?.map((value) => value.toLowerCase()) ?? null;
  return tx`
    (${lower(domains)}::text[] is null or lower(domain_id) = any(${lower(domains)}::text[]))
    and (${lower(vocabularies)}::text[] is null or lower(vocabulary_id) = any(${lower(vocabularies)}::text[]))
    and (${lower(classes)}::text[] is null or lower(concept_class_id) = any(${lower(classes)}::text[]))
    and (${lower(standard)}::text[] is null
         or coalesce(lower(standard_concept), 'none') = any(${lower(standard)}::text[]))
    and (${valid ?? null}::boolean is null or (invalid_reason is null) = ${valid ?? null}::boolean)`;
}
