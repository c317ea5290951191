-- schema: sync
--
-- Loads of a vocabulary that were asked for through the API, and what each release holds.

create table vocabulary_release_part (
  release_id         integer not null references vocabulary_release on delete cascade,
  vocabulary_id      text not null,
  vocabulary_name    text not null,
  vocabulary_version text,
  concepts           bigint not null,
  standard           bigint not null,
  primary key (release_id, vocabulary_id)
);
comment on table vocabulary_release_part is 'The vocabularies of each release, counted when it was loaded.';
comment on column vocabulary_release_part.standard is 'Of its concepts, the Standard ones.';

create table vocabulary_load (
  load_id       bigint generated always as identity primary key,
  path          text not null,
  requested_by  text not null,
  state         text not null default 'queued',
  step          text,
  table_name    text,
  rows_copied   bigint not null default 0,
  fraction      double precision not null default 0,
  warnings      text[] not null default '{}',
  error_code    text,
  error_message text,
  release_id    integer references vocabulary_release,
  created_at    timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  constraint vocabulary_load_state_known check (state in ('queued', 'running', 'loaded', 'failed')),
  constraint vocabulary_load_finished_has_time check ((state in ('loaded', 'failed')) = (finished_at is not null)),
  constraint vocabulary_load_loaded_has_release check ((state = 'loaded') = (release_id is not null)),
  constraint vocabulary_load_fraction_sane check (fraction between 0 and 1)
);
create unique index vocabulary_load_one_live on vocabulary_load ((true)) where state in ('queued', 'running');
comment on table vocabulary_load is 'A load of a vocabulary that was asked for through the API. The release itself appears in the transaction that sets it to loaded; until then everyone reads the old one.';
comment on column vocabulary_load.path is 'Folder or zip, relative to VOCABULARY_DIR of the server.';
comment on column vocabulary_load.step is 'copy, index or swap; with the table it is at, where there is one.';
comment on column vocabulary_load.rows_copied is 'Rows of all files so far.';
comment on column vocabulary_load.fraction is 'Of the whole work, as far as it can be told. Written every few seconds.';

do $$
begin
  -- A CDM that somebody brought may lack the vocabulary's tables until its owner makes them.
  if to_regclass('concept') is not null and to_regclass('vocabulary') is not null then
    insert into vocabulary_release_part (release_id, vocabulary_id, vocabulary_name, vocabulary_version, concepts, standard)
    select r.release_id, c.vocabulary_id, coalesce(max(v.vocabulary_name), c.vocabulary_id), max(v.vocabulary_version),
           count(*), count(*) filter (where c.standard_concept = 'S')
    from vocabulary_release r
    cross join concept c
    left join vocabulary v on v.vocabulary_id = c.vocabulary_id
    where r.is_current
    group by r.release_id, c.vocabulary_id;
  end if;
end $$;
