-- schema: sync
--
-- A manifest may name a million files. Its entries come here while it is read, so that no process holds all of them; one
-- statement then makes files of them. Unlogged: what a crash of the database takes away is read again.

create unlogged table manifest_entry (
  run_id         bigint not null references run on delete cascade,
  reading        uuid not null,
  n              integer not null,
  kind           text not null,
  resource_type  text,
  phase          smallint not null,
  url            text not null,
  expected_count bigint,
  entry_no       integer,
  read_at        timestamptz not null default now(),
  primary key (reading, n)
);
create index manifest_entry_of_run on manifest_entry (run_id);
comment on table manifest_entry is 'Entries of manifests that are being read. Empty while none is.';
comment on column manifest_entry.reading is 'One reading of the manifest; a second one may be under way.';
comment on column manifest_entry.url is 'Where the file is. May be signed: never shown, never logged.';
