/**
 * Builds the tables that search reads, for the current release, in a transaction of its own after the swap.
 * Until it commits, search says that it is building.
 *
 * search_text_<release> has each name and synonym with its words and its tags (domain, vocabulary …). Tags
 * are words with a colon, so that a filter is a word like any other. text_no numbers the texts by rank: few
 * words first, then Standard before others, valid before retired, names before synonyms. So the best answers
 * are the first ones, and nothing need be ranked at query time. Two GIN indexes find what is asked for:
 * - by word: good as long as one of the words is not common;
 * - by word and tier, a tier being 32,768 texts in order of rank ("tablet@7"). Where all words are common,
 *   tiers are asked one after the other until there are enough answers, so that no list of a million texts is
 *   ever read.
 * search_word_<release> is the dictionary: how common each word is, and with pg_trgm which ones are spelt
 * alike.
 */
import type { Logger } from 'pino';
import type { Sql, Tx } from '../../../sql/connect.ts';
import type { Clock } from '../../step/clock.ts';

export interface BuildOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Aborts the build; nothing of it stays. */
  readonly signal?: AbortSignal | undefined;
}

export type BuiltSearch =
  | { readonly state: 'built'; readonly texts: number; readonly words: number; readonly seconds: number }
  /** It was there already, another process is building it, or there is no vocabulary. */
  | { readonly state: 'there' | 'elsewhere' | 'no-vocabulary' };

/**
 * Expressions that index and queries share: the words and tags of a text, and the same with the tier at each.
 */
export const WORDS = `string_to_array(words || ' ' || tags, ' ')`;
export const TIERED = `string_to_array(replace(words || ' ' || tags, ' ', '@' || (text_no >> 15) || ' ') || '@' || (text_no >> 15), ' ')`;
export const TIER_SIZE = 32_768;

/** Words that may be misspelt; mistakes in numbers and codes are not forgiven. */
export const SPELT = `word !~ '[0-9:]'`;

/** Advisory lock: one build at a time, in any process. */
const LOCK = 7_204_513_379;

export async function buildSearch({ sql, clock, log, signal }: BuildOptions): Promise<BuiltSearch> {
  const started = clock().getTime();
  return await sql.begin(async (tx) => {
    const [lock] = await tx<{ free: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}::bigint) as free`;
    if (!lock?.free) return { state: 'elsewhere' };
    const [current] = await tx<{ release_id: number; ready: boolean }[]>`
      select release_id, s.release_id is not null as ready
      from vocabulary_release r left join search_index s using (release_id) where r.is_current`;
    if (!current) return { state: 'no-vocabulary' };
    if (current.ready) return { state: 'there' };

    const { release_id } = current;
    for (const statement of statements(release_id, await knowsTrigrams(tx))) await run(tx, statement, signal);
    const [count] = await tx.unsafe<{ texts: number; words: number }[]>(
      `select (select count(*) from search_text_${release_id}) as texts,
              (select count(*) from search_word_${release_id}) as words`,
    );
    const { texts, words } = count ?? { texts: 0, words: 0 };
    const seconds = (clock().getTime() - started) / 1000;
    await dropOthers(tx, release_id);
    await tx`
      insert into search_index (release_id, texts, words, built_at, seconds)
      values (${release_id}, ${texts}, ${words}, ${clock()}, ${seconds})`;
    log.info({ release_id, texts, words, seconds }, 'vocabulary search built');
    return { state: 'built', texts, words, seconds };
  });
}

/** Whether pg_trgm can be used: it may be missing, or in a schema that is not on the search path. */
export async function knowsTrigrams(tx: Sql | Tx): Promise<boolean> {
  const [row] = await tx<{ there: boolean }[]>`
    select to_regprocedure('similarity(text, text)') is not null as there`;
  return row?.there ?? false;
}

function statements(release: number, trigrams: boolean): string[] {
  const [texts, words] = [`search_text_${release}`, `search_word_${release}`];
  return [
    // This takes minutes on a full release: limits meant for requests do not apply, and sorting gets more
    // memory.
    `select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
       set_config('maintenance_work_mem', '512MB', true), set_config('work_mem', '128MB', true), set_config('jit', 'off', true)`,
    `create table ${texts} as ${TEXTS}`,
    `comment on table ${texts} is 'Names and synonyms of a vocabulary release, in order of rank, for search. Built anew with each release.'`,
    `create index ${texts}_words on ${texts} using gin ((${WORDS})) with (fastupdate = off)`,
    `create index ${texts}_tiers on ${texts} using gin ((${TIERED})) with (fastupdate = off)`,
    `create table ${words} as
       select word collate "C" as word, count(*)::int as texts
       from (select unnest(${WORDS}) as word from ${texts}) each group by 1`,
    `comment on table ${words} is 'Words and tags of search_text_${release}, and in how many texts each is.'`,
    `alter table ${words} add primary key (word)`,
    ...(trigrams
      ? [`create index ${words}_spelling on ${words} using gin (word gin_trgm_ops) where ${SPELT}`]
      : []),
    `analyze ${texts}`,
    `analyze ${words}`,
  ];
}

const ATTRIBUTES = 'concept_id, domain_id, vocabulary_id, concept_class_id, standard_concept, invalid_reason';

const TEXTS = `
  select (n - 1)::int as text_no, concept_id, is_name, words,
    'd:' || replace(lower(domain_id), ' ', '_') || ' v:' || replace(lower(vocabulary_id), ' ', '_')
      || ' c:' || replace(lower(concept_class_id), ' ', '_') || ' s:' || coalesce(lower(standard_concept), 'none')
      || case when invalid_reason is null then ' valid:yes' else ' valid:no' end as tags
  from (
    select row_number() over (
        order by length(words) - length(replace(words, ' ', '')), standard_concept is distinct from 'S',
          invalid_reason is not null, not is_name, length(words), concept_id, words
      ) as n, *
    from (
      select ${ATTRIBUTES}, true as is_name, search_words(concept_name) as words from concept
      union all
      select ${ATTRIBUTES}, false, search_words(concept_synonym_name)
      from concept_synonym join concept using (concept_id)
      where concept_synonym_name <> concept_name
    ) text
    where words <> ''
  ) ranked
  order by n`;

async function run(tx: Tx, statement: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const query = tx.unsafe(statement);
  const cancel = () => query.cancel();
  signal?.addEventListener('abort', cancel);
  try {
    await query;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}

/**
 * Drops the tables of other releases, which nobody reads any more; a search that is still reading one is
 * waited for.
 */
async function dropOthers(tx: Tx, release: number): Promise<void> {
  const old = await tx<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname = current_schema() and tablename ~ '^search_(text|word)_[0-9]+$'
      and tablename not in (${`search_text_${release}`}, ${`search_word_${release}`})`;
  for (const { name } of old) await tx.unsafe(`drop table ${name}`);
  await tx`delete from search_index where release_id <> ${release}`;
}
