-- Functions of the de-identified copy, made in its store, where no researcher can call them. The keys are settings of the
-- session that refreshes the copy; nothing in the database holds them.

-- Another id for each id: a Feistel network of eight rounds over 52 bits. It is a permutation, so no two ids meet, and
-- references still join. A round is the beginning of SHA-256 over key, round and half, all of a fixed length.
create or replace function keyed_id(id bigint) returns bigint
  language plpgsql stable strict parallel safe
as $$
declare
  k bytea := decode(current_setting('deid.id_key'), 'hex');
  l bigint := id >> 26;
  r bigint := id & 67108863;
  t bigint;
  h bytea;
begin
  if id < 0 or id > 4503599627370495 then
    raise exception using errcode = '22003', message = 'an id is not between 0 and 2^52';
  end if;
  for round in 0..7 loop
    h := sha256(k || int4send(round) || int8send(r));
    t := l # (('x' || encode(substring(h from 1 for 4), 'hex'))::bit(32)::bigint & 67108863);
    l := r;
    r := t;
  end loop;
  return (l << 26) | r;
end $$;

-- Days by which the dates of a person are moved: HMAC-SHA-256 of their id, from -363 to -1.
create or replace function days_of(person_id bigint) returns integer
  language plpgsql stable strict parallel safe
as $$
declare
  h bytea := sha256(decode(current_setting('deid.outer_key'), 'hex')
    || sha256(decode(current_setting('deid.inner_key'), 'hex') || int8send(person_id)));
begin
  return -1 - (('x' || encode(substring(h from 1 for 6), 'hex'))::bit(48)::bigint % 363)::integer;
end $$;

-- First days of a month without a time of day are mostly what is left of a date of which month or year alone was known.
-- Moved by days they would tell by how many; so they become the first day of the month, or year, that they are moved
-- into. The result is not moved yet. A span of some days that begins so is believed.
create or replace function blurred(day date, at timestamp, until date, days integer) returns date
  language sql immutable parallel safe
  return case
    when extract(day from day) <> 1 or at::time <> '00:00' or until - day between 1 and 27 then day
    when extract(month from day) = 1 then date_trunc('year', (day + days)::timestamp)::date - days
    else date_trunc('month', (day + days)::timestamp)::date - days
  end;

-- The same of a death, of which partial dates are the last day: nobody should be dead before what happened to them.
create or replace function blurred_death(day date, at timestamp, days integer) returns date
  language sql immutable parallel safe
  return case
    when extract(day from day) <> 1 and extract(day from day + 1) <> 1 or at::time <> '00:00' then day
    when to_char(day, 'MMDD') in ('0101', '1231')
      then (date_trunc('year', (day + days)::timestamp) + interval '1 year')::date - 1 - days
    else (date_trunc('month', (day + days)::timestamp) + interval '1 month')::date - 1 - days
  end;

-- A date moved by the person's days, and no earlier than may be: the year of birth that is told where it stands for an age
-- over 89, else the year before. So a day that software writes for want of another (1900-01-01) tells nothing.
create or replace function moved(day date, days integer, earliest date) returns date
  language sql immutable parallel safe
  return case when day is not null then greatest(day + days, earliest) end;

create or replace function moved(moment timestamp, days integer, earliest date) returns timestamp
  language sql immutable parallel safe
  return case when moment is not null then greatest(moment + make_interval(days => days), earliest::timestamp) end;

-- The first three digits of a US ZIP code, "000" where fewer than 20,000 people live: the areas of the Census of 2000 that
-- HHS's guidance lists, and those that the Census of 2010 adds.
create or replace function zip3(zip text, country_concept_id integer) returns text
  language sql immutable parallel safe
  return case
    when zip !~ '^[0-9]{5}' and zip !~ '^[0-9]{3}$' or coalesce(country_concept_id, 0) not in (0, 4330442) then null
    when left(zip, 3) in ('036', '059', '063', '102', '202', '203', '204', '205', '369', '556', '692', '753', '772', '790',
      '821', '823', '830', '831', '878', '879', '884', '890', '893') then '000'
    else left(zip, 3)
  end;
