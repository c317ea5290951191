-- schema: sync
--
-- The state of the synchronisation: connections, runs, files, chunks, the identity and hash of every resource,
-- and what was not loaded with its reason. It lives beside the CDM so that a step can commit its rows, its
-- checkpoint, its next job and its own completion in one transaction.
--
-- Words: connection (one EHR site), run (one sync of it), file (one manifest entry), chunk (a stretch of whole
-- lines of a file), resource (one FHIR resource), row (of a CDM table), exclusion (rightly not loaded, by a rule),
-- failure (should have been loaded and was not), parked (its Patient has not arrived), open link (another
-- reference that has not).

create table connection (
  connection_id         integer generated always as identity primary key,
  site_key              text not null,
  site_name             text not null,
  ehr_vendor            text not null default 'other',
  fhir_base_url         text,
  token_endpoint        text,
  client_id             text,
  private_key_sealed    text,
  client_secret_sealed  text,
  jwks_url              text,
  scopes                text not null default 'system/*.read',
  group_id              text,
  export_resource_types text[] not null default '{}',
  target_source         text,
  incremental_enabled   boolean not null default true,
  sync_config           jsonb not null default '{}',
  is_active             boolean not null default true,
  watermark             text,
  watermark_scope       text,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  constraint connection_site_key_unique unique (site_key),
  constraint connection_site_key_form check (site_key ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  constraint connection_vendor_known check (ehr_vendor in ('epic', 'cerner', 'other'))
);
comment on table connection is 'One EHR site: where it is, how we authenticate, what we ask for and up to when we have it.';
comment on column connection.fhir_base_url is 'Base of the FHIR R4 server; NULL for a site whose exports are delivered as files.';
comment on column connection.private_key_sealed is 'PEM private key, AES-256-GCM; form v1.<key id>.<iv>.<ciphertext>, base64url. Never leaves the server.';
comment on column connection.client_secret_sealed is 'OAuth client secret, sealed like the private key.';
comment on column connection.watermark is 'transactionTime of the last run of which everything was loaded, as the server wrote it; the next _since.';
comment on column connection.watermark_scope is 'Hash of level, group, types and filters the watermark was reached with; another scope starts with a full export.';

create table vocabulary_release (
  release_id    integer generated always as identity primary key,
  version       text not null,
  source        text not null,
  concepts      bigint not null,
  relationships bigint not null,
  loaded_at     timestamptz not null default now(),
  is_current    boolean not null default true
);
create unique index vocabulary_release_current on vocabulary_release (is_current) where is_current;
comment on table vocabulary_release is 'Each load of an Athena bundle; exactly one is current.';
comment on column vocabulary_release.version is 'vocabulary_version of the row whose vocabulary_id is None.';

create table mapping_version (
  mapping_version_id integer generated always as identity primary key,
  code_version       integer not null,
  release_id         integer not null references vocabulary_release,
  settings_hash      text not null,
  first_used_at      timestamptz not null default now(),
  constraint mapping_version_unique unique (code_version, release_id, settings_hash)
);
comment on table mapping_version is 'What a resource was mapped with: version of the mapping code, vocabulary release, the connection''s mapping settings. A resource is skipped only when its hash and this are the same.';

create table run (
  run_id              bigint generated always as identity primary key,
  connection_id       integer not null references connection on delete cascade,
  kind                text not null default 'export',
  mode                text not null,
  status              text not null default 'pending',
  triggered_by        text not null,
  since               text,
  export_scope        text,
  mapping_version_id  integer references mapping_version,
  kick_off_started_at timestamptz,
  status_url          text,
  polls               integer not null default 0,
  next_poll_at        timestamptz,
  export_progress     text,
  transaction_time    text,
  requires_token      boolean,
  manifest_at         timestamptz,
  closing_at          timestamptz,
  server_released     text,
  records_extracted   bigint,
  records_unchanged   bigint,
  records_loaded      bigint,
  records_excluded    bigint,
  records_failed      bigint,
  records_parked      bigint,
  records_redriven    bigint,
  records_mapped      bigint,
  rows_written        bigint,
  rows_deleted        bigint,
  error_step          text,
  error_code          text,
  error_message       text,
  error_stack         text,
  created_at          timestamptz not null default now(),
  started_at          timestamptz,
  finished_at         timestamptz,
  constraint run_kind_known check (kind in ('export', 'import')),
  constraint run_mode_known check (mode in ('full', 'incremental')),
  constraint run_status_known check (status in ('pending', 'exporting', 'downloading', 'processing', 'completed', 'failed', 'cancelled')),
  constraint run_finished_has_time check ((status in ('completed', 'failed', 'cancelled')) = (finished_at is not null)),
  constraint run_accounting check (records_extracted + records_redriven = records_unchanged + records_loaded + records_excluded + records_failed + records_parked)
);
create unique index run_one_live_per_connection on run (connection_id) where status in ('pending', 'exporting', 'downloading', 'processing');
create index run_by_connection on run (connection_id, run_id desc);
create index run_by_created on run (created_at desc);
comment on table run is 'One sync of a connection, from trigger to watermark. The totals are frozen when it closes; until then see run_metrics.';
comment on column run.since is 'The _since that was sent, verbatim; NULL for a full export.';
comment on column run.export_scope is 'Hash of level, group, types and filters (see connection.watermark_scope).';
comment on column run.kick_off_started_at is 'Set before the kick-off request leaves: a crash after it means that a job may exist on the server.';
comment on column run.status_url is 'Content-Location of the export job. May be a capability URL: never shown.';
comment on column run.transaction_time is 'The manifest''s transactionTime, verbatim.';
comment on column run.closing_at is 'When everything was mapped and the close step was queued.';
comment on column run.server_released is 'Answer to the DELETE of the status URL, or why none was sent.';

create table export_file (
  file_id        bigint generated always as identity primary key,
  run_id         bigint not null references run on delete cascade,
  file_no        integer not null,
  kind           text not null default 'output',
  resource_type  text,
  phase          smallint not null,
  url            text not null,
  expected_count bigint,
  state          text not null default 'pending',
  bytes_done     bigint not null default 0,
  lines_done     bigint not null default 0,
  next_seq       integer not null default 0,
  etag           text,
  restarts       integer not null default 0,
  finished_at    timestamptz,
  constraint export_file_unique unique (run_id, file_no),
  constraint export_file_kind_known check (kind in ('output', 'deleted', 'error')),
  constraint export_file_state_known check (state in ('pending', 'queued', 'done', 'failed')),
  constraint export_file_progress_sane check (bytes_done >= 0 and lines_done >= 0 and next_seq >= 0)
);
create index export_file_open on export_file (run_id, phase, file_no) where state in ('pending', 'queued');
comment on table export_file is 'One entry of a manifest (or one file of an import) and how much of it is durably here.';
comment on column export_file.url is 'Where it is. May be signed: never shown, never logged.';
comment on column export_file.bytes_done is 'Checkpoint: bytes of NDJSON (after decompression) committed as chunks.';

create table chunk (
  chunk_id      bigint generated always as identity primary key,
  run_id        bigint not null references run on delete cascade,
  file_id       bigint references export_file on delete cascade,
  seq           integer not null,
  phase         smallint not null,
  byte_start    bigint not null,
  byte_end      bigint not null,
  first_line    bigint not null,
  lines         integer not null,
  sha256        bytea not null,
  state         text not null default 'waiting',
  mapping_version_id integer references mapping_version,
  created_at    timestamptz not null default now(),
  mapped_at     timestamptz,
  constraint chunk_state_known check (state in ('waiting', 'queued', 'done')),
  constraint chunk_sane check (byte_end >= byte_start and lines >= 0)
);
create unique index chunk_of_file on chunk (file_id, seq);
create index chunk_open on chunk (run_id, phase) where state <> 'done';
create index chunk_of_run on chunk (run_id);
comment on table chunk is 'A stretch of whole lines of a file, mapped in one transaction. file_id is NULL for a batch of re-driven resources.';
comment on column chunk.sha256 is 'Of the text, so that a re-read file can be told from one that changed underneath.';
comment on column chunk.state is 'waiting (an earlier phase is not through), queued (its map job is sent), done.';

create table chunk_body (
  chunk_id bigint primary key references chunk on delete cascade,
  body     bytea not null
);
alter table chunk_body alter column body set storage external;
comment on table chunk_body is 'The chunk''s lines, gzip. Kept for the retention time of the connection, so that a new vocabulary can be applied without a new export.';

create table chunk_count (
  chunk_id      bigint not null references chunk on delete cascade,
  run_id        bigint not null,
  resource_type text not null,
  extracted     integer not null default 0,
  redriven      integer not null default 0,
  unchanged     integer not null default 0,
  loaded        integer not null default 0,
  excluded      integer not null default 0,
  failed        integer not null default 0,
  parked        integer not null default 0,
  mapped        integer not null default 0,
  primary key (chunk_id, resource_type),
  constraint chunk_count_accounting check (extracted + redriven = unchanged + loaded + excluded + failed + parked)
);
create index chunk_count_of_run on chunk_count (run_id);
comment on table chunk_count is 'What became of a chunk''s resources. The constraint is the promise: every resource is accounted for.';
comment on column chunk_count.redriven is 'Resources of earlier runs that this batch took up again.';
comment on column chunk_count.parked is 'Negative in a re-drive batch: a resource parked earlier in the same run has found its Patient.';
comment on column chunk_count.mapped is 'Of the loaded ones, those whose every primary code has a Standard concept.';

create table chunk_rows (
  chunk_id   bigint not null references chunk on delete cascade,
  run_id     bigint not null,
  table_name text not null,
  written    integer not null default 0,
  deleted    integer not null default 0,
  primary key (chunk_id, table_name)
);
create index chunk_rows_of_run on chunk_rows (run_id);
comment on table chunk_rows is 'CDM rows written and deleted by a chunk.';

create table chunk_reason (
  chunk_id      bigint not null references chunk on delete cascade,
  run_id        bigint not null,
  resource_type text not null,
  outcome       text not null,
  reason        text not null,
  resources     integer not null,
  primary key (chunk_id, resource_type, outcome, reason)
);
create index chunk_reason_of_run on chunk_reason (run_id);
comment on table chunk_reason is 'Why resources of a chunk were excluded, failed or parked, counted.';

create table resource (
  resource_key       bigint generated always as identity primary key,
  connection_id      integer not null references connection on delete cascade,
  resource_type      text not null,
  fhir_id            text not null,
  content_hash       bytea not null,
  mapping_version_id integer not null,
  outcome            text not null,
  reason             text,
  row_tables         integer not null default 0,
  last_updated       text,
  position           bigint not null,
  chunk_id           bigint not null,
  chunk_line         integer not null,
  first_run          bigint not null,
  last_run           bigint not null,
  constraint resource_identity unique (connection_id, resource_type, fhir_id),
  constraint resource_outcome_known check (outcome in ('loaded', 'excluded', 'failed', 'parked'))
);
comment on table resource is 'Identity, hash and lineage of every resource ever seen. person_id, visit_occurrence_id, provider_id, care_site_id and location_id are its resource_key; any other CDM id is resource_key * 1000 + n.';
comment on column resource.content_hash is 'SHA-256 of the canonical JSON (RFC 8785) without meta.lastUpdated, meta.versionId and narrative.';
comment on column resource.row_tables is 'Bit set of the CDM tables that hold its rows (bit numbers in cdm_table).';
comment on column resource.last_updated is 'meta.lastUpdated of the version that is loaded, where the server sends it.';
comment on column resource.position is 'Where in its run the version stood (file number and byte): of two versions in one run the later wins.';
comment on column resource.chunk_line is 'Zero-based line of the chunk.';

create table resource_history (
  resource_key  bigint not null,
  replaced_hash bytea not null,
  replaced_at   timestamptz not null default now(),
  run_id        bigint not null
);
create index resource_history_of_resource on resource_history (resource_key);
comment on table resource_history is 'Hash of each version that a later one replaced: what changed, when, in which run.';

create table failure (
  failure_id    bigint generated always as identity primary key,
  connection_id integer not null references connection on delete cascade,
  run_id        bigint not null,
  chunk_id      bigint not null,
  chunk_line    integer not null,
  resource_type text,
  fhir_id       text,
  reason        text not null,
  field         text,
  created_at    timestamptz not null default now(),
  resolved_at   timestamptz
);
create index failure_of_run on failure (run_id);
create index failure_open_of_resource on failure (connection_id, resource_type, fhir_id) where resolved_at is null;
comment on table failure is 'A resource that should have been loaded and was not. Ids, offsets and reasons only, never content.';
comment on column failure.field is 'FHIR path of the element at fault, without its value.';
comment on column failure.resolved_at is 'Set when a later version of the resource was processed.';

create table waiting (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  target_type   text not null,
  target_id     text not null,
  parked        boolean not null,
  line          bytea not null,
  since_run     bigint not null,
  since         timestamptz not null default now()
);
create index waiting_for_target on waiting (connection_id, target_type, target_id);
comment on table waiting is 'Resources that must be mapped again when a target arrives: parked ones (no known Patient), and drugs whose Medication has not come. The line is kept as it was sent.';

create table open_link (
  connection_id integer not null,
  target_type   text not null,
  target_id     text not null,
  resource_key  bigint not null references resource on delete cascade,
  table_name    text not null,
  column_name   text not null,
  row_id        bigint not null,
  primary key (connection_id, target_type, target_id, table_name, column_name, row_id)
);
create index open_link_of_resource on open_link (resource_key);
comment on table open_link is 'A reference other than the Patient whose target has not arrived: the row is loaded with NULL there, and completed when the target comes.';

create table medication_content (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  fhir_id       text not null,
  content       jsonb not null,
  constraint medication_content_identity unique (connection_id, fhir_id)
);
comment on table medication_content is 'Code and ingredients of Medication resources, which drug rows are made with.';

create table source_code (
  code_id     bigint generated always as identity primary key,
  system      text not null,
  code        text not null,
  display     text,
  first_seen  timestamptz not null default now(),
  constraint source_code_unique unique (system, code)
);
comment on table source_code is 'Each code met that has no Standard concept. system is the URI as sent, or "text" where there was only text.';

create table unmapped_use (
  resource_key bigint not null references resource on delete cascade,
  code_id      bigint not null references source_code,
  element      text not null,
  person_id    bigint,
  primary key (resource_key, code_id, element)
);
create index unmapped_use_of_code on unmapped_use (code_id);
comment on table unmapped_use is 'Which loaded resources use an unmapped code, and where in them (code, value, unit, route ...).';

create table cdm_table (
  bit        smallint primary key,
  table_name text not null unique,
  id_column  text not null
);
comment on table cdm_table is 'The CDM tables that resources are loaded into: bit number in resource.row_tables, and the column that holds the id made from the resource_key.';

create table audit (
  audit_id   bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  actor      text not null,
  action     text not null,
  target     text,
  status     integer not null,
  request_id text
);
create index audit_by_time on audit (at desc);
comment on table audit is 'Who did what through the API: ids and codes only.';

insert into cdm_table (bit, table_name, id_column) values
  (0, 'person', 'person_id'),
  (1, 'death', 'person_id'),
  (2, 'visit_occurrence', 'visit_occurrence_id'),
  (3, 'visit_detail', 'visit_detail_id'),
  (4, 'condition_occurrence', 'condition_occurrence_id'),
  (5, 'drug_exposure', 'drug_exposure_id'),
  (6, 'procedure_occurrence', 'procedure_occurrence_id'),
  (7, 'device_exposure', 'device_exposure_id'),
  (8, 'measurement', 'measurement_id'),
  (9, 'observation', 'observation_id'),
  (10, 'note', 'note_id'),
  (11, 'specimen', 'specimen_id'),
  (12, 'location', 'location_id'),
  (13, 'care_site', 'care_site_id'),
  (14, 'provider', 'provider_id'),
  (15, 'payer_plan_period', 'payer_plan_period_id'),
  (16, 'cost', 'cost_id');
