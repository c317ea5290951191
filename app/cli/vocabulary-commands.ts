/** Reads `cli vocabulary …`: returns what to run, or undefined when the words are no such command. */
import { mapCode, showConcept, showRelease } from './look-up.ts';
import { buildIndex, type SearchOptions, searchFor } from './search.ts';
import { loadVocabularyFrom } from './vocabulary.ts';

interface Values extends SearchOptions {
  readonly site?: string | undefined;
}

export function vocabularyCommand(
  words: readonly string[],
  values: Values,
): (() => Promise<boolean>) | undefined {
  const [verb, first, second] = words;
  if (verb === 'load' && first) return () => loadVocabularyFrom(first);
  if (verb === 'search' && first) return () => searchFor(words.slice(1).join(' '), values);
  if (verb === 'concept' && first && /^\d+$/.test(first)) return () => showConcept(first, values);
  if (verb === 'map' && first && second)
    return () => mapCode(first, second, { json: values.json, site: values.site });
  if (verb === 'release') return () => showRelease(values);
  if (verb === 'index') return () => buildIndex();
  return undefined;
}
