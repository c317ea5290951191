-- schema: sync
--
-- What servers say in words when they refuse something, where a connection keeps it (sync_config.retention.server_text_hours).
-- It may name patients: it expires, and no view shows it.

create table server_text (
  server_text_id bigint generated always as identity primary key,
  connection_id  integer not null references connection on delete cascade,
  run_id         bigint references run on delete cascade,
  step           text not null,
  code           text not null,
  status         integer,
  text           text not null,
  times          integer not null default 1,
  said_at        timestamptz not null,
  expires_at     timestamptz not null
);
create unique index server_text_once on server_text (connection_id, code, md5(text));
create index server_text_of_run on server_text (run_id);
comment on table server_text is 'Words of servers, for administrators only and for hours only. May name patients.';
comment on column server_text.code is 'Code of the error that was made of the answer.';
comment on column server_text.times is 'How often the same words came.';
