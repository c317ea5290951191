/**
 * Searches for concepts by name, synonym or code. Codes rank first, then the exact name, then names with all
 * words, those with fewer other words first (search-index.ts). Where that gives too little, the last word
 * counts as the beginning of longer ones; where that gives next to nothing, words are taken as misspelt.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { syncError } from '../../step/errors.ts';
import { type Concept, conceptsById } from '../concept.ts';
import { knowsTrigrams } from './search-index.ts';
import { findByCode, findByPrefix } from './search-plain.ts';
import type { SearchRequest } from './search-request.ts';
import { findTexts, type Group, type Hit, type SearchTable } from './search-texts.ts';
import { continued, readTags, readWords, speltLike, type Word } from './search-words.ts';

export interface SearchItem {
  readonly concept: Concept;
  readonly matched: 'code' | 'name' | 'synonym';
  /** The synonym, where that is what matched. */
  readonly matched_text: string | null;
}

export interface SearchResult {
  /** building: names are only compared from their beginning. */
  readonly index: 'ready' | 'building';
  readonly forgives_typos: boolean;
  /** Words that were taken as misspellings of others. */
  readonly corrected: readonly { readonly typed: string; readonly taken_as: readonly string[] }[];
  /** Words that no name has, which were left out. */
  readonly ignored: readonly string[];
  readonly items: readonly SearchItem[];
  readonly more: boolean;
}

/** Fewer hits than this, and the words may be misspelt. */
const FEW = 5;
/** A query of this many words or more looks for a certain name. */
const NAME = 3;
/** A word that is in this many texts is taken as spelt right. */
const COMMON = 1000;

export async function searchConcepts(sql: Sql, request: SearchRequest): Promise<SearchResult> {
  return sql.begin(async (tx) => {
    // All plans here are for a handful of rows: nothing is worth compiling or a parallel worker, or ever a
    // scan of the table.
    const [state] = await tx<{ release_id: number; texts: number | null }[]>`
      select r.release_id, s.texts, set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true),
        set_config('max_parallel_workers_per_gather', '0', true)
      from vocabulary_release r left join search_index s using (release_id) where r.is_current`;
    if (!state) {
      throw syncError('vocabulary-not-loaded');
    }
    const codes = await findByCode(tx, request);
    const wanted = request.offset + request.limit + 1;
    const found =
      state.texts === null
        ? { ...NOT_READ, hits: await findByPrefix(tx, request, wanted), index: 'building' as const }
        : await read(tx, { release: state.release_id, texts: state.texts }, request, wanted);
    const { hits, ...rest } = found;
    const byCode = new Set(codes.map((hit) => hit.concept_id));
    const all = [...codes, ...hits.filter((hit) => !byCode.has(hit.concept_id))];
    const page = all.slice(request.offset, request.offset + request.limit);
    return {
      ...rest,
      items: await described(tx, page, byCode),
      more: all.length > request.offset + request.limit,
    };
  });
}

interface Read extends Pick<SearchResult, 'index' | 'forgives_typos' | 'corrected' | 'ignored'> {
  readonly hits: readonly Hit[];
}

const NOT_READ = { forgives_typos: false, corrected: [], ignored: [] };

/** Words so common that a name without them is as good. */
const FILLERS = new Set(['a', 'an', 'and', 'by', 'for', 'in', 'of', 'on', 'or', 'the', 'to', 'with']);

async function read(tx: Tx, table: SearchTable, request: SearchRequest, wanted: number): Promise<Read> {
  const { release } = table;
  const typed = await readWords(tx, release, request.text);
  const filters = await filterGroups(tx, release, request);
  const phrase = typed.map(({ word }) => word).join(' ');
  const hits = new Map<number, Hit>();
  const add = async (groups: readonly Group[]) => {
    const found = await findTexts(tx, table, [...groups, ...filters], wanted);
    const exact = (hit: Hit) => (hit.words === phrase ? 0 : 1);
    for (const hit of found.toSorted((a, b) => exact(a) - exact(b) || a.text_no - b.text_no)) {
      if (!hits.has(hit.concept_id)) hits.set(hit.concept_id, hit);
    }
  };
  const alone = (word: Word): Group => [word];

  if (typed.length === 0) return { ...NOT_READ, index: 'ready', hits: [] };
  await add(typed.map(alone));
  const telling = typed.filter(({ word }) => !FILLERS.has(word));
  const words = telling.length > 0 ? telling : typed;
  // Someone who types a name of several words and hits it wants no others.
  const enough = words.length < NAME ? wanted : 1;
  if (hits.size < enough && words.length < typed.length) await add(words.map(alone));

  const last = words.at(-1);
  const longer = hits.size < enough && last ? [last, ...(await continued(tx, release, last))] : [];
  if (longer.length > 1) await add([...words.slice(0, -1).map(alone), longer]);
  if (hits.size >= Math.min(FEW, enough))
    return { ...NOT_READ, index: 'ready', forgives_typos: await knowsTrigrams(tx), hits: [...hits.values()] };

  const forgives_typos = await knowsTrigrams(tx);
  const groups: Word[][] = [];
  const corrected: { typed: string; taken_as: string[] }[] = [];
  for (const word of words) {
    const alike = forgives_typos && word.texts < COMMON ? await speltLike(tx, release, word) : [];
    const begun = word === last ? longer.filter((one) => one !== word) : [];
    if (alike.length > 0) corrected.push({ typed: word.word, taken_as: alike.map((one) => one.word) });
    groups.push([word, ...begun, ...alike].filter((one) => one.texts > 0));
  }
  const known = groups.filter((group) => group.length > 0);
  const ignored = words.filter((_, index) => groups[index]?.length === 0).map(({ word }) => word);
  if (known.length > 0 && corrected.length + ignored.length > 0) await add(known);
  return { index: 'ready', forgives_typos, corrected, ignored, hits: [...hits.values()] };
}

/** A filter is a choice of tags; a tag that no text has leaves nothing to find. */
async function filterGroups(tx: Tx, release: number, request: SearchRequest): Promise<Group[]> {
  const tag = (kind: string) => (value: string) => `${kind}:${value.toLowerCase().replaceAll(' ', '_')}`;
  const wanted = [
    request.domains?.map(tag('d')),
    request.vocabularies?.map(tag('v')),
    request.classes?.map(tag('c')),
    request.standard?.map(tag('s')),
    request.valid === undefined ? undefined : [`valid:${request.valid ? 'yes' : 'no'}`],
  ].filter((tags) => tags !== undefined);
  const counted = await readTags(tx, release, wanted.flat());
  return wanted.map((tags) => [...new Set(tags)].map((word) => ({ word, texts: counted.get(word) ?? 0 })));
}

async function described(tx: Tx, hits: readonly Hit[], byCode: ReadonlySet<number>): Promise<SearchItem[]> {
  const concepts = await conceptsById(
    tx,
    hits.map((hit) => hit.concept_id),
  );
  const bySynonym = hits.filter((hit) => !hit.is_name && !byCode.has(hit.concept_id));
  const synonyms = new Map<number, string>();
  if (bySynonym.length > 0) {
    const rows = await tx<{ concept_id: number; name: string }[]>`
      select concept_id, min(concept_synonym_name) as name
      from concept_synonym
      join unnest(${bySynonym.map((hit) => hit.concept_id)}::int[], ${bySynonym.map((hit) => hit.words)}::text[])
        as hit (concept_id, words) using (concept_id)
      where search_words(concept_synonym_name) = hit.words group by concept_id`;
    for (const row of rows) synonyms.set(row.concept_id, row.name);
  }
  return hits.flatMap((hit): SearchItem[] => {
    const concept = concepts.get(hit.concept_id);
    if (!concept) return [];
    const synonym = synonyms.get(hit.concept_id);
    const matched = byCode.has(hit.concept_id) ? 'code' : synonym === undefined ? 'name' : 'synonym';
    return [{ concept, matched, matched_text: synonym ?? null }];
  });
}
