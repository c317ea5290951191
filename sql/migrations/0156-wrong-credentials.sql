-- schema: sync
--
-- Wrong credentials by where they come from and by the beginning of the token, so that guessing slows down and is seen.
-- All API processes share the counts. Rows are let go a day after the last one.

create table wrong_credential (
  subject      text primary key,
  times        integer not null,
  first_at     timestamptz not null,
  last_at      timestamptz not null,
  locked_until timestamptz,
  constraint wrong_credential_counted check (times > 0)
);
create index wrong_credential_by_time on wrong_credential (last_at);
comment on table wrong_credential is 'Wrong credentials of late, by address and by the beginning of the token.';
comment on column wrong_credential.subject is '"address A" (IPv6 by its /64), or "token PREFIX", whose address may be any.';
comment on column wrong_credential.times is 'Since first_at; begins anew an hour after the last one.';
comment on column wrong_credential.locked_until is 'Until then no credential of the address is looked at.';
