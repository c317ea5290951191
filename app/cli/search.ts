/**
 * `cli vocabulary search TEXT` finds concepts by name, synonym or code; `cli vocabulary index` builds the
 * tables that search reads.
 */
import { ownerOf } from '../../jobs/step/deps.ts';
import { type BuiltSearch, buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { openLocal } from './local.ts';
import { conceptRow, print, withApi } from './look-up.ts';
import { table } from './table.ts';
import { say } from './terminal.ts';

export interface SearchOptions {
  readonly json: boolean;
  readonly domain?: string | undefined;
  readonly vocabulary?: string | undefined;
  readonly class?: string | undefined;
  readonly standard?: string | undefined;
  readonly limit?: string | undefined;
  readonly offset?: string | undefined;
}

export function searchFor(text: string, options: SearchOptions): Promise<boolean> {
  return withApi(async (api) => {
    const { domain, vocabulary, class: conceptClass, limit, offset } = options;
    const standard = options.standard?.split(',');
    if (standard && !standard.every(isKind)) throw new Error('--standard: expected S, C or none.');
    const { data, error } = await api.GET('/api/v1/vocabulary/search', {
      params: {
        query: {
          q: text,
          ...(domain ? { domain: domain.split(',') } : {}),
          ...(vocabulary ? { vocabulary: vocabulary.split(',') } : {}),
          ...(conceptClass ? { class: conceptClass.split(',') } : {}),
          ...(standard ? { standard } : {}),
          ...(limit ? { limit: Number(limit) } : {}),
          ...(offset ? { offset: Number(offset) } : {}),
        },
      },
    });
    if (!data) throw new Error(error?.detail ?? 'the vocabulary cannot be searched');
    if (options.json) return print(data);
    say(table(data.items.map((one) => ({ ...conceptRow(one.concept), synonym: one.matched_text }))));
    for (const { typed, taken_as } of data.corrected)
      say(`\n"${typed}" was taken for ${taken_as.join(', ')} too.`);
    if (data.ignored.length > 0) say(`\nIn no name, left out: ${data.ignored.join(', ')}.`);
    if (data.more) say('\nThere are more: --offset, --limit.');
    if (data.index === 'building')
      say('\nThe search is not built yet, so names were only compared from their beginning.');
  });
}

const isKind = (given: string): given is 'S' | 'C' | 'none' => ['S', 'C', 'none'].includes(given);

export async function buildIndex(): Promise<boolean> {
  const local = await openLocal({ withWorkers: false });
  try {
    const { deps } = local.engine;
    const built = await buildSearch({ sql: ownerOf(deps), clock: deps.clock, log: deps.log });
    say(builtText(built));
    return built.state === 'built' || built.state === 'there';
  } finally {
    await local.close();
  }
}

export function builtText(built: BuiltSearch): string {
  const number = (n: number) => n.toLocaleString('en-US');
  if (built.state === 'built')
    return `Search built: ${number(built.texts)} names and synonyms, ${number(built.words)} words, ${built.seconds.toFixed(1)} s.`;
  if (built.state === 'there') return 'The search of this release is built already.';
  if (built.state === 'elsewhere') return 'Another process is building the search.';
  return 'No vocabulary is loaded: npm run cli -- vocabulary load DIR|ZIP';
}
