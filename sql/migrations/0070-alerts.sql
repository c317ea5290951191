-- schema: sync
--
-- What a run came to in figures, kept beside the run, and the alerts that follow from them: a run is compared with
-- the last ones of its kind. Ids, codes and counts only.

create table chunk_unmapped (
  chunk_id  bigint not null references chunk on delete cascade,
  run_id    bigint not null,
  system    text not null,
  resources integer not null,
  primary key (chunk_id, system)
);
create index chunk_unmapped_of_run on chunk_unmapped (run_id);
comment on table chunk_unmapped is 'Loaded resources of a chunk whose primary code has no Standard concept, by code system.';
comment on column chunk_unmapped.system is 'URI as sent, or "text" where there was only text.';

create table run_figure (
  run_id  bigint not null references run on delete cascade,
  figure  text not null,
  subject text not null default '',
  value   bigint not null,
  primary key (run_id, figure, subject),
  constraint run_figure_known check (figure in ('seconds', 'loaded', 'unmapped', 'unmapped-of-system', 'extracted', 'written'))
);
comment on table run_figure is 'Figures of a completed run that later runs are compared with. Zeros are not stored.';
comment on column run_figure.figure is 'seconds (trigger to close), loaded and unmapped (resources), unmapped-of-system (resources by code system), extracted (resources by type), written (rows by CDM table).';
comment on column run_figure.subject is 'Code system, resource type or CDM table; empty where the figure is of the whole run.';

create table alert (
  alert_id        bigint generated always as identity primary key,
  connection_id   integer not null references connection on delete cascade,
  run_id          bigint references run on delete set null,
  kind            text not null,
  subject         text not null default '',
  message         text not null,
  measured        double precision,
  expected        double precision,
  times           integer not null default 1,
  raised_at       timestamptz not null,
  last_at         timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at     timestamptz,
  attempts        integer not null default 0,
  delivered_at    timestamptz,
  delivery_error  text,
  constraint alert_kind_known check (kind in ('unmapped-jump', 'volume-far', 'run-long', 'run-failed', 'watermark-held', 'connection-silent'))
);
create unique index alert_open on alert (connection_id, kind, subject) where acknowledged_at is null and resolved_at is null;
create index alert_of_connection on alert (connection_id, alert_id desc);
comment on table alert is 'What a person should know of a connection. While one is open, the same again only counts it up.';
comment on column alert.subject is 'What it is about: a code system, type/<resource type>, table/<CDM table>, an error code; empty for the whole.';
comment on column alert.measured is 'What was found: percent, resources, rows, seconds or hours, as the kind has it.';
comment on column alert.expected is 'What the last runs had: their median.';
comment on column alert.times is 'How often it was found since it was raised.';
comment on column alert.resolved_at is 'When it was found to be over: a failed run was followed by a completed one, the watermark moved.';
comment on column alert.attempts is 'Tries to deliver it to the webhook.';
