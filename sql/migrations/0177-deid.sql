-- schema: sync
--
-- The de-identified copy for researchers (jobs/deid): its secret, sealed, and when it was made. The copy itself has schemas
-- of its own, made on request.

create table deid_secret (
  only_one      boolean primary key default true,
  connection_id integer not null default 0,
  secret_sealed text not null,
  constraint deid_secret_is_one check (only_one)
);
comment on table deid_secret is 'Secret of the de-identified copy, sealed like other secrets: whoever has it can undo date shifts and keyed ids.';
comment on column deid_secret.connection_id is '0: it is of no connection. Sealed secrets are bound to this column.';

create table deid_copy (
  only_one     boolean primary key default true,
  number       integer not null,
  refreshed_at timestamptz not null,
  persons      bigint not null,
  row_count    bigint not null,
  seconds      integer not null,
  constraint deid_copy_is_one check (only_one)
);
comment on table deid_copy is 'When the de-identified copy was last made anew, and how large it is.';
comment on column deid_copy.number is 'Of the refresh; its tables are named with it.';
