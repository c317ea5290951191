-- schema: sync
--
-- Local codes. People's own maps are rows of source_to_concept_map, which a vocabulary load leaves alone. Whoever edits
-- them, through the API or in SQL, the next chunk is mapped with the new ones: triggers count the edits, and the count is
-- part of what a resource was mapped with.

create table local_map_state (
  only_row   boolean primary key default true check (only_row),
  revision   bigint not null,
  boundaries date[] not null,
  edited_at  timestamptz not null default now()
);
comment on table local_map_state is 'Which state the local maps are in. The revision in force is `revision` plus the number of boundaries that have passed.';
comment on column local_map_state.boundaries is 'Days, later than the last edit, on which a map begins or ceases to hold. Each passed one counts as an edit, without anybody writing anything on that day.';

create table local_vocabulary (
  system        text primary key,
  vocabulary_id varchar(20) not null,
  name          text not null,
  created_at    timestamptz not null default now(),
  constraint local_vocabulary_sane check (system = btrim(system) and system <> '' and btrim(vocabulary_id) <> '')
);
create index local_vocabulary_by_id on local_vocabulary (vocabulary_id);
comment on table local_vocabulary is 'Names of code systems short enough for source_to_concept_map, whose source_vocabulary_id has 20 characters. Several systems may share one.';
comment on column local_vocabulary.system is 'URI or OID as the EHR sends it; "text" for words without a code, "none" for a code without a system.';

alter table mapping_version add column map_revision bigint not null default 0;
comment on column mapping_version.map_revision is 'Revision of the local maps (local_map_state).';
alter table mapping_version
  drop constraint mapping_version_unique,
  add constraint mapping_version_unique unique (code_version, release_id, map_revision, settings_hash);

-- The function must find both schemas whatever the path of the one who edits, and may write the count for one who may
-- edit maps and nothing else. pg_temp comes last, so that nobody can put a table of theirs in its place.
do $migration$
begin
  execute format($function$
    create function count_local_map_edit() returns trigger language plpgsql security definer set search_path = %s, pg_temp as $body$
    declare
      -- Two days ago: a worker may be in another time zone, or its clock behind. A boundary too many does no harm.
      recently constant date := (now() at time zone 'UTC')::date - 2;
    begin
      update local_map_state set edited_at = now(),
        -- Beyond every revision that was ever in force: the boundaries of before may all have passed.
        revision = revision + cardinality(boundaries) + 1,
        boundaries = array(
          select valid_start_date from source_to_concept_map
          where valid_start_date > recently and invalid_reason is null
          union
          select valid_end_date + 1 from source_to_concept_map
          where valid_end_date >= recently and invalid_reason is null and isfinite(valid_end_date)
          order by 1);
      return null;
    end $body$
  $function$, current_setting('search_path'));
  insert into local_map_state (revision, boundaries) values (0, '{}');
  create trigger local_maps_edited after insert or update or delete or truncate on source_to_concept_map
    for each statement execute function count_local_map_edit();
  create trigger local_vocabulary_edited after insert or update or delete or truncate on local_vocabulary
    for each statement execute function count_local_map_edit();
  delete from local_vocabulary where false; -- Counts as an edit, and so notes the boundaries of the maps that are there.
exception when insufficient_privilege then
  raise exception 'The database user may not put a trigger on source_to_concept_map, so edits of local maps would go unseen.'
    using hint = 'As the owner of the CDM: grant trigger on source_to_concept_map to the user that runs the migrations.';
end $migration$;
comment on function count_local_map_edit() is 'Counts an edit of the local maps, and notes the days on which one begins or ends.';
