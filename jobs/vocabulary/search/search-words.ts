/**
 * Reads what somebody typed as words of the dictionary: the words themselves, longer ones that begin with
 * them, and ones spelt nearly alike.
 */
import type { Tx } from '../../../sql/connect.ts';
import { SPELT } from './search-index.ts';

export interface Word {
  readonly word: string;
  /** How many names and synonyms hold it; 0 for a word that is in none. */
  readonly texts: number;
}

/** How many words of a query are read; nobody types more. */
const MOST_WORDS = 12;

/** The words in the order typed, each once. */
export async function readWords(tx: Tx, release: number, text: string): Promise<Word[]> {
  return tx<Word[]>`
    select word, coalesce(d.texts, 0) as texts
    from (
      select word, min(place) as place
      from unnest(string_to_array(search_words(${text}), ' ')) with ordinality as typed (word, place)
      where word <> '' group by word order by 2 limit ${MOST_WORDS}
    ) typed
    left join ${tx(`search_word_${release}`)} d using (word)
    order by place`;
}

/** How common each of these tags is. */
export async function readTags(
  tx: Tx,
  release: number,
  tags: readonly string[],
): Promise<Map<string, number>> {
  if (tags.length === 0) return new Map();
  const rows = await tx<Word[]>`
    select word, texts from ${tx(`search_word_${release}`)} where word = any(${[...tags]})`;
  return new Map(rows.map(({ word, texts }) => [word, texts]));
}

/** The most common words that begin like this one. */
export async function continued(tx: Tx, release: number, { word }: Word): Promise<Word[]> {
  if (word.length < 2) return [];
  return tx<Word[]>`
    select word, texts from ${tx(`search_word_${release}`)}
    where word > ${word} and word < ${`${word}\u{10ffff}`} and word !~ ':' order by texts desc, word limit 20`;
}

/** Words this one may be a misspelling of, the likeliest first. */
export async function speltLike(tx: Tx, release: number, { word }: Word): Promise<Word[]> {
  if (word.length < 4 || /[0-9:]/.test(word)) return [];
  const slack = word.length < 6 ? 1 : 2;
  const near = await tx<Word[]>`
    select word, texts from ${tx(`search_word_${release}`)}
    where word % ${word} and ${tx.unsafe(SPELT)}
      and length(word) between ${word.length - slack} and ${word.length + slack} and word <> ${word}
    order by similarity(word, ${word}) desc, texts desc, word limit 50`;
  return near
    .map((one) => ({ ...one, slips: slips(word, one.word) }))
    .filter((one) => one.slips <= slack)
    .sort((a, b) => a.slips - b.slips || b.texts - a.texts)
    .slice(0, 5)
    .map(({ word: found, texts }) => ({ word: found, texts }));
}

/** Counts letters left out, added, changed or exchanged with their neighbour (optimal string alignment). */
export function slips(one: string, other: string): number {
  let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      const exchanged = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (exchanged) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[other.length] ?? 0;
}
