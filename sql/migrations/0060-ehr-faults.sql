-- schema: sync
--
-- What goes wrong at an EHR and is survived: files that cannot be had while the others can, what the operator should
-- know of a run that did not fail, and who is a member of the Group that is exported.

alter table run
  add column part text not null default 'main',
  add column scopes_not_granted text[] not null default '{}',
  add constraint run_part_known check (part in ('members', 'newcomers', 'main'));
comment on column run.part is 'Which of its exports the run is at: members (who is in the Group), newcomers (the history of those who were not), main.';
comment on column run.scopes_not_granted is 'Scopes that were asked for and that the server left out: their types are missing from the export.';

alter table connection
  add column watermark_not_granted text[] not null default '{}';
comment on column connection.watermark_not_granted is 'Scopes that were missing when the watermark was reached. Granted later, their types were never exported: the next run is a full one.';

alter table export_file
  add column part text not null default 'main',
  add column entry_no integer,
  add column refreshed_at timestamptz,
  add column short_reads smallint not null default 0,
  add column error_code text,
  add column error_message text,
  drop constraint export_file_kind_known,
  add constraint export_file_kind_known check (kind in ('output', 'deleted', 'error', 'members'));
comment on column export_file.part is 'The export of the run that names it (see run.part).';
comment on column export_file.entry_no is 'Its place in its list of the manifest, by which it is found again when its URL has been renewed.';
comment on column export_file.refreshed_at is 'When the manifest was read again because the server no longer had the file at its URL. Done once.';
comment on column export_file.short_reads is 'Readings that ended early by the look of it (cut last line, fewer lines than announced).';
comment on column export_file.error_code is 'Why it could not be had; the rest of the run went on, and the watermark is held.';

create table run_notice (
  run_id  bigint not null references run on delete cascade,
  code    text not null,
  subject text not null default '',
  amount  bigint not null default 1,
  message text not null,
  at      timestamptz not null,
  primary key (run_id, code, subject)
);
comment on table run_notice is 'What the operator should know of a run although it is no failure of it. Ids, codes and counts only.';
comment on column run_notice.subject is 'What it is about (a type, a scope, a file number); empty where there is only one.';
comment on column run_notice.amount is 'How many of them.';

create table finished_export (
  run_id     bigint not null references run on delete cascade,
  part       text not null,
  status_url text not null,
  primary key (run_id, part)
);
comment on table finished_export is 'Earlier exports of a run whose files are here and which the server has not been told to forget.';
comment on column finished_export.status_url is 'May be a capability URL: never shown.';

create table group_member (
  connection_id integer not null references connection on delete cascade,
  group_id      text not null,
  fhir_id       text not null,
  first_run     bigint not null,
  last_run      bigint not null,
  joined_run    bigint not null,
  left_run      bigint,
  primary key (connection_id, group_id, fhir_id)
);
create index group_member_of_run on group_member (connection_id, joined_run);
comment on table group_member is 'Patients of an exported Group, as its membership exports told them. An incremental export need not bring the history of who joined.';
comment on column group_member.joined_run is 'Run in which it was met first, or again after having left: the run that asks for its history.';
comment on column group_member.left_run is 'Run in whose membership export it was missing; NULL while it is a member. What is loaded of it stays.';
