-- schema: sync
--
-- A month of the record that has begun and has no partition yet (a clock that was wrong, a service that stood still for
-- more than a year) was made while others added its events. Who had chosen audit_event_other for an event, and waited
-- there, was refused with 23514 once the month was attached; and an event that was committed between the look for strays
-- and the attaching had the month refused.

create or replace function audit_make_month(month date) returns boolean language plpgsql security definer
set lock_timeout = '2s' as $$
declare
  here text := current_schema();
  name text := 'audit_event_' || to_char(month, 'YYYY_MM');
  low timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  high timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  strays boolean;
begin
  if to_regclass(format('%I.%I', here, name)) is not null then return false; end if;
  -- Whoever adds an event takes a lock on the table before choosing a partition. Nobody adds to a month ahead, and so
  -- nobody has to wait for it.
  if low <= now() then execute format('lock table %I.audit_event in share row exclusive mode', here); end if;
  execute format('select exists (select 1 from %I.audit_event_other where at >= $1 and at < $2)', here)
    into strays using low, high;
  if strays then return false; end if;
  execute format('create table %I.%I (like %I.audit_event including defaults including constraints)', here, name, here);
  -- Attached rather than created in place, which would lock out everybody.
  execute format('alter table %I.audit_event attach partition %I.%I for values from (%L) to (%L)', here, here, name, low, high);
  execute format(
    'create trigger audit_event_whole before truncate on %I.%I for each statement execute function %I.audit_refuse()',
    here, name, here);
  return true;
exception when duplicate_table then return false;
end $$;

do $$
begin
  execute format('alter function audit_make_month(date) set search_path = %I, pg_temp', current_schema());
end $$;
