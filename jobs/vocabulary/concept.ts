/**
 * Reads one concept and what belongs to it, a page at a time: some ingredients have tens of thousands of
 * relationships.
 */
import type { Sql, Tx } from '../../sql/connect.ts';

/** A concept with the column names of its table. */
export interface Concept {
  readonly concept_id: number;
  readonly concept_name: string;
  readonly domain_id: string;
  readonly vocabulary_id: string;
  readonly concept_class_id: string;
  readonly standard_concept: string | null;
  readonly concept_code: string;
  readonly invalid_reason: string | null;
}

export interface Relationship {
  readonly relationship_id: string;
  readonly invalid_reason: string | null;
  readonly concept: Concept;
}

export interface Ancestor {
  readonly min_levels: number;
  readonly max_levels: number;
  readonly concept: Concept;
}

export interface ConceptDetail extends Concept {
  readonly valid_start_date: string;
  readonly valid_end_date: string;
  readonly synonyms: readonly { readonly name: string; readonly language_concept_id: number }[];
  readonly relationships: readonly Relationship[];
  readonly more_relationships: boolean;
  readonly ancestors: readonly Ancestor[];
  readonly more_ancestors: boolean;
  /** Number of concepts one level below. */
  readonly children: number;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export async function readConcept(
  sql: Sql,
  conceptId: number,
  page: Page,
): Promise<ConceptDetail | undefined> {
  // One transaction that reads the release first, so that no swap comes between its parts.
  return sql.begin(async (tx) => {
    await tx`select 1 from vocabulary_release where is_current`;
    const [concept] = await tx<(Concept & { valid_start_date: string; valid_end_date: string })[]>`
      select ${columns(tx, 'c')}, c.valid_start_date, c.valid_end_date from concept c where concept_id = ${conceptId}`;
    if (!concept) return undefined;
    const related = await relationships(tx, conceptId, page);
    const above = await ancestors(tx, conceptId);
    return {
      ...concept,
      synonyms: await tx<{ name: string; language_concept_id: number }[]>`
        select concept_synonym_name as name, language_concept_id from concept_synonym
        where concept_id = ${conceptId} order by language_concept_id, concept_synonym_name limit ${MOST}`,
      relationships: related.slice(0, page.limit),
      more_relationships: related.length > page.limit,
      ancestors: above.slice(0, MOST),
      more_ancestors: above.length > MOST,
      children: await countChildren(tx, conceptId),
    };
  });
}

/** Concepts by id, for answers that hold ids. */
export async function conceptsById(tx: Sql | Tx, ids: readonly number[]): Promise<Map<number, Concept>> {
  const rows = await tx<Concept[]>`
    select ${columns(tx, 'c')} from concept c where concept_id = any(${[...new Set(ids)]}::int[])`;
  return new Map(rows.map((row) => [row.concept_id, row]));
}

/** How many ancestors and synonyms of one concept an answer holds; SNOMED's deepest concepts have fewer. */
const MOST = 200;

function columns(tx: Sql | Tx, of: string) {
  return tx.unsafe(
    `${of}.concept_id, ${of}.concept_name, ${of}.domain_id, ${of}.vocabulary_id, ${of}.concept_class_id,
     ${of}.standard_concept, ${of}.concept_code, ${of}.invalid_reason`,
  );
}

async function relationships(tx: Tx, conceptId: number, { limit, offset }: Page): Promise<Relationship[]> {
  // What leads to a Standard concept comes first, since people look for that.
  const rows = await tx<(Concept & { relationship_id: string; relationship_invalid: string | null })[]>`
    select ${columns(tx, 'c')}, r.relationship_id, r.invalid_reason as relationship_invalid
    from concept_relationship r join concept c on c.concept_id = r.concept_id_2
    where r.concept_id_1 = ${conceptId}
    order by r.invalid_reason is not null, r.relationship_id not in ('Maps to', 'Maps to value', 'Concept replaced by'),
      r.relationship_id, r.concept_id_2
    limit ${limit + 1} offset ${offset}`;
  return rows.map(({ relationship_id, relationship_invalid, ...concept }) => ({
    relationship_id,
    invalid_reason: relationship_invalid,
    concept,
  }));
}

async function ancestors(tx: Tx, conceptId: number): Promise<Ancestor[]> {
  const rows = await tx<(Concept & { min_levels: number; max_levels: number })[]>`
    select ${columns(tx, 'c')}, a.min_levels_of_separation as min_levels, a.max_levels_of_separation as max_levels
    from concept_ancestor a join concept c on c.concept_id = a.ancestor_concept_id
    where a.descendant_concept_id = ${conceptId} and a.ancestor_concept_id <> ${conceptId}
    order by a.min_levels_of_separation, a.max_levels_of_separation, c.concept_id
    limit ${MOST + 1}`;
  return rows.map(({ min_levels, max_levels, ...concept }) => ({ min_levels, max_levels, concept }));
}

async function countChildren(tx: Tx, conceptId: number): Promise<number> {
  const [row] = await tx<{ n: number }[]>`
    select count(*) as n from concept_ancestor
    where ancestor_concept_id = ${conceptId} and min_levels_of_separation = 1`;
  return row?.n ?? 0;
}
