-- schema: sync
-- The record of who did what. It is only added to, in the transaction of what it records; jobs/record/ chains it.

create sequence audit_event_id;
create table audit_event (
  event_id          bigint not null default nextval('audit_event_id'),
  at                timestamptz not null,
  actor             text not null,
  role              text,
  via               text not null,
  action            text not null,
  object            text not null,
  outcome           text not null check (outcome in ('done', 'refused', 'failed')),
  status            integer,
  address           text,
  request_id        text,
  client_request_id text,
  before            jsonb,
  after             jsonb,
  details           jsonb,
  primary key (event_id, at)
) partition by range (at);
create index audit_event_by_time on audit_event (at desc);
create index audit_event_by_object on audit_event (object, event_id desc);
comment on table audit_event is
  'Who did what, added in the same transaction: names, ids, codes, counts and settings, never secrets or patients. Partitioned by month; rows are neither changed nor deleted.';
comment on column audit_event.via is 'How they proved who they are: admin-token, api-token, oidc, session, cli, cron, worker, or unknown for rows of older versions.';
comment on column audit_event.outcome is 'done; refused: not let in or not allowed; failed: begun and not achieved.';
comment on column audit_event.client_request_id is 'X-Request-Id as the caller gave it; request_id is our own.';

create table audit_event_other partition of audit_event default;
comment on table audit_event_other is 'Events of months for which no partition was made ahead, as when a clock is wrong.';

create table audit_unsealed (
  event_id bigint primary key
);
comment on table audit_unsealed is 'Events that are committed and wait for their seal: seconds, as a rule.';

create table audit_seal (
  seal_no    bigint primary key,
  event_id   bigint not null unique,
  event_at   timestamptz not null,
  event_hash text not null check (event_hash ~ '^[0-9a-f]{64}$'),
  hash       text not null check (hash ~ '^[0-9a-f]{64}$'),
  sealed_at  timestamptz not null
);
comment on table audit_seal is
  'The chain: hash = SHA-256 over the hash before and event_hash, which is SHA-256 over the canonical text of the event. In the order of sealing, which is that of commits, roughly.';

create table audit_delivery (
  sink    text primary key,
  seal_no bigint not null,
  at      timestamptz not null
);
comment on table audit_delivery is 'Up to which seal a file or a log has received the record.';

-- Refuses also what has the privilege, such as the owner of the tables.
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: the record is only added to', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

create trigger audit_event_kept before update or delete on audit_event for each row execute function audit_refuse();
create trigger audit_event_whole before truncate on audit_event for each statement execute function audit_refuse();
create trigger audit_event_whole before truncate on audit_event_other for each statement execute function audit_refuse();
create trigger audit_seal_kept before update or delete on audit_seal for each row execute function audit_refuse();
create trigger audit_seal_whole before truncate on audit_seal for each statement execute function audit_refuse();

-- Whoever may add an event need not be able to touch the list of those that wait.
create function audit_note_unsealed() returns trigger language plpgsql security definer as $$
begin
  execute format('insert into %I.audit_unsealed (event_id) values ($1)', tg_argv[0]) using new.event_id;
  return null;
end $$;
do $$
begin
  execute format(
    'create trigger audit_event_waits after insert on audit_event for each row execute function audit_note_unsealed(%L)',
    current_schema()
  );
end $$;

-- Makes the partition of a month (UTC). False when there is one, or when its events are in audit_event_other already.
create function audit_make_month(month date) returns boolean language plpgsql security definer
set lock_timeout = '2s' as $$
declare
  here text := current_schema();
  name text := 'audit_event_' || to_char(month, 'YYYY_MM');
  low timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  high timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  strays boolean;
begin
  if to_regclass(format('%I.%I', here, name)) is not null then return false; end if;
  execute format('select exists (select 1 from %I.audit_event_other where at >= $1 and at < $2)', here)
    into strays using low, high;
  if strays then return false; end if;
  -- Attached rather than created in place, so that nobody who adds an event meanwhile has to wait.
  execute format('create table %I.%I (like %I.audit_event including defaults including constraints)', here, name, here);
  execute format('alter table %I.audit_event attach partition %I.%I for values from (%L) to (%L)', here, here, name, low, high);
  execute format(
    'create trigger audit_event_whole before truncate on %I.%I for each statement execute function %I.audit_refuse()',
    here, name, here);
  return true;
exception when duplicate_table then return false;
end $$;
comment on function audit_make_month is 'Makes the partition of a month, unless it is there.';

-- Drops months that ended before `cutoff` and are sealed, and says so in the record: verification asks for that event.
create function audit_drop_before(cutoff timestamptz) returns bigint language plpgsql security definer
set lock_timeout = '2s' as $$
declare
  here text := current_schema();
  part record;
  waiting boolean;
  held bigint;
  gone bigint := 0;
  dropped text[] := '{}';
begin
  if cutoff > now() - interval '1 year' then
    raise exception 'the record of the last year is never dropped' using errcode = 'insufficient_privilege';
  end if;
  for part in
    execute format($q$
      select c.relname as name, c.oid::regclass as part from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = '%I.audit_event'::regclass and c.relname ~ '^audit_event_\d{4}_\d\d$'
        and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= $1
      order by c.relname$q$, here) using cutoff
  loop
    execute format(
      'select exists (select 1 from %s e where not exists (select 1 from %I.audit_seal s where s.event_id = e.event_id)), (select count(*) from %s)',
      part.part, here, part.part) into waiting, held;
    continue when waiting;
    execute format('drop table %s', part.part);
    dropped := dropped || part.name::text;
    gone := gone + held;
  end loop;
  if cardinality(dropped) > 0 then
    execute format($q$
      insert into %I.audit_event (at, actor, role, via, action, object, outcome, details)
      select now(), 'upkeep', null, 'worker', 'audit.drop', 'audit', 'done',
        jsonb_build_object('before', to_char($1 at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'partitions', $2::text[], 'events', $3::bigint,
          'seal', (select max(seal_no) from %I.audit_seal))$q$, here, here) using cutoff, dropped, gone;
  end if;
  return gone;
end $$;
comment on function audit_drop_before is 'Drops sealed months that ended before this time, at least a year ago, and records that it did.';
revoke execute on function audit_make_month(date), audit_drop_before(timestamptz) from public;

-- They work with the rights of their owner. pg_temp comes last, or else whoever calls them could put tables and types of
-- their own in the place of ours and of the catalogue's.
do $$
declare fixed text;
begin
  foreach fixed in array array['audit_note_unsealed()', 'audit_make_month(date)', 'audit_drop_before(timestamptz)'] loop
    execute format('alter function %s set search_path = %I, pg_temp', fixed, current_schema());
  end loop;
end $$;

do $$
declare month date;
begin
  for month in
    select distinct date_trunc('month', at at time zone 'UTC')::date from audit
    union
    select (date_trunc('month', now() at time zone 'UTC') + n * interval '1 month')::date from generate_series(0, 12) n
  loop
    perform audit_make_month(month);
  end loop;
end $$;

insert into audit_event (event_id, at, actor, via, action, object, outcome, status, request_id)
select audit_id, at, actor, 'unknown', action, coalesce(target, ''), 'done', status, request_id from audit order by audit_id;
select setval('audit_event_id', greatest(1, (select max(audit_id) from audit)), (select count(*) > 0 from audit));
drop table audit;

alter table run add column key_used_at timestamptz;
comment on column run.key_used_at is 'When the connection''s key was first used for the run; recorded once.';
