/** What people type, drawn from the words and names of the vocabulary itself; the same ones each time. */
import type { SearchRequest } from '../../jobs/vocabulary/search/search-request.ts';
import type { Sql } from '../../sql/connect.ts';

export type Query = Omit<SearchRequest, 'limit' | 'offset'>;

export async function drawQueries(sql: Sql, release: number, each: number): Promise<Record<string, Query[]>> {
  const words = sql(`search_word_${release}`);
  // hashtext scatters: a sample that needs no random number and is the same on each run.
  const common = await texts(
    sql`select word as text from (select word from ${words} where word ~ '^[a-z]{3,}$' order by texts desc limit 300) w
        order by hashtext(word) limit ${each}`,
  );
  const rare = await texts(
    sql`select word as text from ${words} where texts <= 5 and word ~ '^[a-z]{6,}$' order by hashtext(word) limit ${each}`,
  );
  const names = await texts(
    sql`select concept_name as text from concept where concept_id in
          (select concept_id from ${sql(`search_text_${release}`)} where text_no % 65521 < 3)
          and concept_name ~ ' .* ' order by hashtext(concept_name) limit ${each}`,
  );
  const spelt = (text: string) => (text.match(/[A-Za-z]{4,}/g) ?? []).slice(0, 3);
  return {
    'one common word': common.map((text) => ({ text })),
    'one rare word': rare.map((text) => ({ text })),
    'a whole name': names.map((text) => ({ text })),
    'three words of a name': names.map((text) => ({ text: spelt(text).join(' ') || text })),
    'two common words': common.map((text, at) => ({ text: `${text} ${common[(at + 7) % common.length]}` })),
    'a common word, misspelt': common.map((text) => ({ text: misspelt(text) })),
    'words of a name, one misspelt': names.map((text) => {
      const [first = text, ...rest] = spelt(text);
      return { text: [misspelt(first), ...rest].join(' ') };
    }),
    'the beginning of a word': common.map((text) => ({ text: text.slice(0, 3) })),
    'the beginning of a name': names.map((text) => ({ text: text.slice(0, Math.ceil(text.length / 2)) })),
    'a common word, Standard conditions': common.map((text) => ({
      text,
      domains: ['Condition'],
      standard: ['S'],
    })),
    'two common words, one vocabulary': common.map((text, at) => ({
      text: `${text} ${common[(at + 3) % common.length]}`,
      vocabularies: [['SNOMED', 'RxNorm', 'LOINC', 'ICD10CM'][at % 4] ?? 'SNOMED'],
    })),
  };
}

async function texts(query: PromiseLike<{ text?: string }[]>): Promise<string[]> {
  return (await query).map((row) => row.text ?? '');
}

/** Two letters in the middle exchanged. */
function misspelt(word: string): string {
  const at = Math.floor(word.length / 2);
  return word.slice(0, at - 1) + (word[at] ?? '') + (word[at - 1] ?? '') + word.slice(at + 1);
}
