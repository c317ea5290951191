-- schema: sync
--
-- Search over the names and synonyms of the loaded vocabulary. The texts and words of a release are in two tables of
-- their own, search_text_<release> and search_word_<release>, built after the load (jobs/vocabulary/search-index.ts).

-- Finds words that are spelt nearly alike. Trusted, so the owner of a database may install it; without it search
-- works and forgives no typing errors.
do $$
begin
  create extension if not exists pg_trgm;
exception when others then
  raise notice 'pg_trgm cannot be installed here (%): search will not forgive typing errors', sqlerrm;
end
$$;

create table search_index (
  release_id integer primary key references vocabulary_release on delete cascade,
  texts      bigint not null,
  words      bigint not null,
  built_at   timestamptz not null default now(),
  seconds    numeric not null
);
comment on table search_index is 'Release for which search_text_<release> and search_word_<release> are complete.';
comment on column search_index.texts is 'Names and synonyms that can be found.';
comment on column search_index.words is 'Different words in them.';

-- Lower case, without accents, apostrophes and punctuation; a dot stays within a number or code; one blank between words.
create function search_words(given text) returns text
language sql immutable parallel safe
as $$
  select btrim(replace(replace(replace(replace(
    translate(
      lower(case when given ~ '[^ -~]' then regexp_replace(normalize(given, nfkd), '[\u0300-\u036f]', '', 'g') else given end),
      '!"#$%&()*+,-/:;<=>?@[\]^_`{|}~' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8211) || chr(8212) || '''´’‘',
      repeat(' ', 36)
    ) || ' ', '. ', ' '), ' ', '<>'), '><', ''), '<>', ' '))
$$;
comment on function search_words is 'The words of a name, as search compares them.';
