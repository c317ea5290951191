/**
 * Suggests Standard concepts that an unmapped code may mean, by how alike its words and theirs are. Search
 * wants every word in one name, which an EHR's term for a code seldom offers. So it is asked for all words,
 * then for all but one, then for the longest ones alone. What it finds is ranked by the share of trigrams in
 * common.
 */
import type { Sql } from '../../../sql/connect.ts';
import type { Concept } from '../concept.ts';
import { searchConcepts } from '../search/search.ts';
import { readUnmapped } from './worklist.ts';

export interface Suggestion {
  readonly concept: Concept;
  /** 0 to 1. */
  readonly similarity: number;
  /** The name or synonym that is alike. */
  readonly matched_text: string;
}

export interface Suggestions {
  readonly text: string;
  readonly domains: string[];
  /** building: the search tables are missing, so that only beginnings of names are found. */
  readonly index: 'ready' | 'building';
  readonly items: Suggestion[];
}

const WORDS = 8;
const PER_SEARCH = 20;

export async function suggest(
  sql: Sql,
  codeId: number,
  { limit, connections = null }: { readonly limit: number; readonly connections?: readonly number[] | null },
): Promise<Suggestions> {
  const uses = await readUnmapped(sql, codeId, connections);
  const [{ display, code }] = uses;
  const text = (display ?? code).replace(TAG, '');
  const domains = [...new Set(uses.flatMap((use) => use.expected_domains))];
  const found = new Map<number, Suggestion>();
  let index: Suggestions['index'] = 'ready';
  for (const words of searches(text)) {
    if (found.size >= limit * 2) break;
    const result = await searchConcepts(sql, {
      ...{ text: words, standard: ['S'], valid: true, limit: PER_SEARCH, offset: 0 },
      ...(domains.length > 0 ? { domains } : {}),
    });
    index = result.index;
    for (const { concept, matched_text } of result.items) {
      const best = [concept.concept_name, ...(matched_text === null ? [] : [matched_text])]
        .map((name) => ({ name, similarity: alike(text, name) }))
        .toSorted((a, b) => b.similarity - a.similarity)[0];
      if (!best || found.has(concept.concept_id)) continue;
      found.set(concept.concept_id, { concept, similarity: best.similarity, matched_text: best.name });
    }
  }
  const items = [...found.values()].toSorted(
    (a, b) => b.similarity - a.similarity || a.concept.concept_id - b.concept.concept_id,
  );
  return { text, domains, index, items: items.slice(0, limit) };
}

/**
 * What SNOMED's fully specified names end with: `Foul smelling urine (finding)`. It adds no meaning, and is
 * in other names too.
 */
const TAGS = [
  ...['body structure', 'disorder', 'event', 'finding', 'morphologic abnormality', 'observable entity'],
  ...['occupation', 'organism', 'person', 'physical object', 'procedure', 'product', 'qualifier value'],
  ...['regime/therapy', 'situation', 'specimen', 'substance'],
];
const TAG = new RegExp(`(?<=\\S)\\s+\\((?:${TAGS.join('|')})\\)\\s*$`, 'i');

function searches(text: string): string[] {
  const words = (text.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, WORDS);
  const butOne =
    words.length > 2 ? words.map((_, left) => words.filter((_word, index) => index !== left)) : [];
  const longest = words.toSorted((a, b) => b.length - a.length).filter((word) => word.length > 2);
  const all = [words, ...butOne, longest.slice(0, 2), ...longest.slice(0, 3).map((word) => [word])];
  return [...new Set(all.map((some) => some.join(' ')))].filter((words) => words !== '');
}

/**
 * Dice's coefficient of the trigrams, taken as in pg_trgm: each word with two blanks before and one after.
 */
export function alike(one: string, other: string): number {
  const [a, b] = [pieces(one), pieces(other)];
  if (a.size + b.size === 0) return 0;
  const common = [...a].filter((piece) => b.has(piece)).length;
  return Math.round((200 * common) / (a.size + b.size)) / 100;
}

function pieces(text: string): Set<string> {
  const found = new Set<string>();
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const padded = `  ${word} `;
    for (let at = 0; at + 3 <= padded.length; at++) found.add(padded.slice(at, at + 3));
  }
  return found;
}
