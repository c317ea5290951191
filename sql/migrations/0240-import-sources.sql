-- schema: sync
--
-- Imports of Bundles and archives. Their resources become lines of chunks of files by type, in a step of its own before
-- anything is mapped. References by urn:uuid and by business identifier are resolved among all that the import reads, so
-- it is read twice: for who is who, and for the lines.

create table import_source (
  run_id        bigint not null references run on delete cascade,
  source_no     integer not null,
  url           text not null,
  part          text,
  part_no       integer not null,
  form          text not null,
  unpacked      boolean not null,
  kind          text not null,
  resource_type text,
  phase         smallint not null,
  version       text,
  histories     integer[] not null default '{}',
  broken        text,
  primary key (run_id, source_no),
  constraint import_source_form_known check (form in ('ndjson', 'bundles'))
);
create index import_source_of_file on import_source (run_id, url);
comment on table import_source is 'What an import reads: a file, or an entry of an archive.';
comment on column import_source.url is 'The file on the machine of the import. Its name may be that of a patient: never logged.';
comment on column import_source.part is 'Name in the archive; NULL for the file itself.';
comment on column import_source.part_no is 'Number in the archive, from 0: names may repeat.';
comment on column import_source.unpacked is 'Whether its resources are made lines of chunks first. All others are read as files of an export.';
comment on column import_source.version is 'Size and time of the file when the reading began: one that changes meanwhile stops the import.';
comment on column import_source.histories is 'Numbers of its documents that are Bundles of type history: of each resource only the newest version counts.';
comment on column import_source.broken is 'Why it is no whole Bundle.';

create table import_reading (
  run_id    bigint primary key references run on delete cascade,
  stage     text not null,
  source_no integer not null,
  entry_no  bigint not null,
  constraint import_reading_stage_known check (stage in ('identities', 'versions', 'lines'))
);
comment on table import_reading is 'Checkpoint of an import that is being made lines: what is read for, and where it goes on. No row: nothing is left to read.';

create table import_identity (
  run_id        bigint not null references run on delete cascade,
  key           text not null,
  source_no     integer not null,
  document_no   integer not null,
  resource_type text not null,
  fhir_id       text not null,
  primary key (run_id, key, source_no, document_no, resource_type, fhir_id)
);
comment on table import_identity is 'Who is who in the Bundles of an import. Emptied when its lines are made.';
comment on column import_identity.key is 'SHA-256 of the fullUrl, or of type and business identifier.';
comment on column import_identity.document_no is 'Which Bundle of the source: a reference is first to the Bundle that it stands in.';

create table import_version (
  run_id        bigint not null references run on delete cascade,
  resource_type text not null,
  fhir_id       text not null,
  updated       timestamptz,
  version       numeric,
  source_no     integer not null,
  entry_no      bigint not null,
  primary key (run_id, resource_type, fhir_id)
);
comment on table import_version is 'The newest version of each resource in Bundles of type history. Emptied when the lines are made.';

create table chunk_source (
  chunk_id   bigint primary key references chunk on delete cascade,
  source_nos integer[] not null,
  entry_nos  bigint[] not null
);
comment on table chunk_source is 'Of a chunk that was made of Bundles or of an archive: source and entry (or line) of each of its lines.';
