/**
 * Finds the texts that hold a word of every group, best first, without reading the long list of a common
 * word.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { TIER_SIZE, TIERED, WORDS } from './search-index.ts';
import type { Word } from './search-words.ts';

export interface Hit {
  readonly text_no: number;
  readonly concept_id: number;
  readonly is_name: boolean;
  readonly words: string;
}

/** Words or tags of which a text must hold one. */
export type Group = readonly Word[];

export interface SearchTable {
  readonly release: number;
  /** Number of texts. */
  readonly texts: number;
}

/**
 * A list of up to this many texts is read as a whole; for many words a longer one is, since few texts have
 * them all.
 */
const SHORT = 10_000;
const SHORT_OF_MANY = 200_000;
const MANY = 5;

/** Finds at least `wanted` concepts where there are that many, each once, with its best text. */
export async function findTexts(
  tx: Tx,
  table: SearchTable,
  groups: readonly Group[],
  wanted: number,
): Promise<Hit[]> {
  const sizes = groups.map((group) => group.reduce((sum, word) => sum + word.texts, 0));
  const shortest = Math.min(...sizes);
  if (groups.length === 0 || shortest === 0) return [];
  const find = shortest <= (groups.length < MANY ? SHORT : SHORT_OF_MANY) ? findByWord : findByTier;
  // Several texts of one concept may be among the hits; rarely more than one or two.
  for (let limit = wanted + 20; ; limit *= 4) {
    const hits = await find(tx, table, groups, limit);
    const best = new Map<number, Hit>();
    for (const hit of hits) if (!best.has(hit.concept_id)) best.set(hit.concept_id, hit);
    if (best.size >= wanted || hits.length < limit) return [...best.values()];
  }
}

function findByWord(tx: Tx, { release }: SearchTable, groups: readonly Group[], limit: number) {
  return tx<Hit[]>`
    select text_no, concept_id, is_name, words from ${tx(`search_text_${release}`)}
    where ${conditions(tx, groups, WORDS, (words) => tx`${words.split(' ')}::text[]`)}
    order by text_no limit ${limit}`;
}

/**
 * Runs the inner query for one tier after the other and stops when there are enough texts, since nested loops
 * are lazy.
 */
async function findByTier(
  tx: Tx,
  { release, texts }: SearchTable,
  groups: readonly Group[],
  limit: number,
): Promise<Hit[]> {
  const last = Math.floor((texts - 1) / TIER_SIZE);
  const inTier = (words: string) =>
    tx`string_to_array(replace(${words}::text, ' ', '@' || tier || ' ') || '@' || tier, ' ')`;
  return tx<Hit[]>`
    select found.* from (
      select hit.* from generate_series(0, ${last}::int) as tier
      cross join lateral (
        select text_no, concept_id, is_name, words from ${tx(`search_text_${release}`)}
        where ${conditions(tx, groups, TIERED, inTier)}
        order by text_no limit ${limit}
      ) hit
      limit ${limit}
    ) found order by text_no`;
}

type Fragment = ReturnType<Tx['unsafe']> | ReturnType<Sql>;

/**
 * Uses `@>` for all words that stand alone, and `&&` for each group with a choice: one scan of the index
 * answers all.
 */
function conditions(
  tx: Tx,
  groups: readonly Group[],
  indexed: string,
  listed: (words: string) => Fragment,
): Fragment {
  const text = (group: Group) => group.map(({ word }) => word).join(' ');
  const single = groups.filter((group) => group.length === 1);
  const choices = groups.filter((group) => group.length > 1);
  const all =
    single.length > 0 ? tx`${tx.unsafe(indexed)} @> ${listed(single.map(text).join(' '))}` : tx`true`;
  return choices.reduce<Fragment>(
    (sofar, group) => tx`${sofar} and ${tx.unsafe(indexed)} && ${listed(text(group))}`,
    all,
  );
}
