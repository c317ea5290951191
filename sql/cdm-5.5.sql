-- schema: cdm
--
-- What OMOP CDM 5.5 has that 5.4 has not, by its field-level specification of 25 August 2026. Run by
-- `migrate --cdm 5.5` (move-cdm.ts) in one transaction: it changes the catalogue only and touches no row. May be run again.
--
-- Where we choose, as in 0001-cdm-tables.sql: ids of visits are bigint, float is numeric. mapping_source is wider than
-- the specification's 50, because OHDSI's own vocabulary tables hold up to 255 there.

alter table measurement add column if not exists value_as_source_concept_id integer;
comment on column measurement.value_as_source_concept_id is 'Concept of the coded answer as it was sent, Standard or not; 0 where the vocabulary lacks the code. Since CDM 5.5.';

alter table observation
  add column if not exists value_as_date date,
  add column if not exists unit_source_concept_id integer,
  add column if not exists value_as_source_concept_id integer;
comment on column observation.value_as_date is 'The answer, where it is a whole date; its time stays in value_as_string. Since CDM 5.5.';
comment on column observation.unit_source_concept_id is 'Concept of the unit as it was sent; 0 where the vocabulary lacks it. Since CDM 5.5.';
comment on column observation.value_as_source_concept_id is 'Concept of the coded answer as it was sent, Standard or not; 0 where the vocabulary lacks the code. Since CDM 5.5.';

alter table specimen
  add column if not exists visit_occurrence_id bigint,
  add column if not exists visit_detail_id bigint;
comment on column specimen.visit_occurrence_id is 'The visit of the observations made on the specimen, where they name one and the same. Since CDM 5.5.';
comment on column specimen.visit_detail_id is 'The part of that visit, where it is one and the same. Since CDM 5.5.';

alter table cdm_source add column if not exists cdm_release_identifier varchar(255);
comment on column cdm_source.cdm_release_identifier is 'The day and the run with which the data became as they are, such as 2026-11-29/run-7. Since CDM 5.5.';

create table if not exists pack_content (
  pack_concept_id integer not null,
  drug_concept_id integer not null,
  amount          integer,
  box_size        integer
);
comment on table pack_content is 'The drugs in a pack, and how many of each. Since CDM 5.5.';
create index if not exists idx_pack_content_pack_concept_id on pack_content (pack_concept_id);
create index if not exists idx_pack_content_drug_concept_id on pack_content (drug_concept_id);

create table if not exists concept_metadata (
  concept_id       integer,
  concept_category varchar(20),
  reuse_status     varchar(20)
);
comment on table concept_metadata is 'What kind of thing a concept is besides an event, and whether its code was used again. Since CDM 5.5.';
create index if not exists idx_concept_metadata_concept_id on concept_metadata (concept_id);

create table if not exists concept_relationship_metadata (
  concept_id_1              integer not null,
  concept_id_2              integer not null,
  relationship_id           varchar(20) not null,
  relationship_predicate_id varchar(20),
  relationship_group        integer,
  mapping_source            varchar(255),
  confidence                numeric,
  mapping_tool              varchar(50),
  mapper                    varchar(50),
  reviewer                  varchar(50)
);
comment on table concept_relationship_metadata is 'How exact a relationship of two concepts is, and who or what made it. Since CDM 5.5.';
create index if not exists idx_concept_relationship_metadata_1 on concept_relationship_metadata (concept_id_1);
create index if not exists idx_concept_relationship_metadata_2 on concept_relationship_metadata (concept_id_2);

-- Our own vocabulary has it as primary key.
do $$
begin
  if not exists (
    select from pg_index x
    where x.indrelid = 'vocabulary'::regclass and x.indisunique and x.indpred is null and x.indnkeyatts = 1
      and x.indkey[0] = (
        select attnum from pg_attribute where attrelid = x.indrelid and attname = 'vocabulary_id'
      )
  ) then
    alter table vocabulary add constraint uq_vocabulary_vocabulary_id unique (vocabulary_id);
  end if;
end
$$;
