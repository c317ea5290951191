-- schema: sync
--
-- Who may call the API: tokens for programs, and one-time codes for the first browser. Only SHA-256 is stored: both
-- are long and random, so a slow hash would add nothing.

create table api_token (
  token_id     integer generated always as identity primary key,
  token_hash   bytea not null unique,
  prefix       text not null,
  role         text not null,
  connections  integer[],
  note         text not null,
  created_at   timestamptz not null,
  created_by   text not null,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  revoked_by   text,
  constraint api_token_hash_is_sha256 check (octet_length(token_hash) = 32),
  constraint api_token_role_known check (role in ('viewer', 'mapper', 'operator', 'admin')),
  constraint api_token_note_given check (length(note) between 1 and 200),
  constraint api_token_revoked_by_whom check ((revoked_at is null) = (revoked_by is null))
);
comment on table api_token is 'Tokens of the API (fos_…): what each allows. The token itself is nowhere.';
comment on column api_token.token_hash is 'SHA-256 of the token.';
comment on column api_token.prefix is 'Its first ten characters, by which people tell tokens apart.';
comment on column api_token.connections is 'Connections that it may see and act on; NULL: all. Ids of deleted ones stay, and are never given again.';
comment on column api_token.note is 'What it is for; recorded as the name of the caller.';
comment on column api_token.last_used_at is 'To the minute, so that not every request writes.';

create table sign_in_code (
  code_hash  bytea primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint sign_in_code_hash_is_sha256 check (octet_length(code_hash) = 32)
);
comment on table sign_in_code is 'One-time codes of sign-in addresses that were printed and not yet opened; a row is deleted when its code is redeemed.';
