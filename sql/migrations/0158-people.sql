-- schema: sync
--
-- People who are signed in, and sign-ins under way. A session is known to the browser by a random id, of which only the
-- SHA-256 is here: the id is long and random, so a slow hash would add nothing.

create table user_session (
  session_hash bytea primary key,
  name         text not null,
  role         text not null,
  connections  integer[],
  target       text not null,
  began_at     timestamptz not null,
  seen_at      timestamptz not null,
  ends_at      timestamptz not null,
  constraint user_session_hash_is_sha256 check (octet_length(session_hash) = 32),
  constraint user_session_name_given check (length(name) between 1 and 200),
  constraint user_session_role_known check (role in ('viewer', 'mapper', 'operator', 'admin')),
  constraint user_session_ends_after_it_began check (ends_at > began_at)
);
create index user_session_by_end on user_session (ends_at);
comment on table user_session is 'Sessions of people. Delete a row to sign somebody out at once; rows that have ended are removed at the next sign-in.';
comment on column user_session.session_hash is 'SHA-256 of the id in the cookie. The id itself is nowhere.';
comment on column user_session.role is 'As of the sign-in; a change at the identity provider counts from the next sign-in on.';
comment on column user_session.connections is 'Connections that the person may see and act on; NULL: all. Ids of deleted ones stay, and are never given again.';
comment on column user_session.target is 'Whom the identity provider says it is (subject/…), or first-start.';
comment on column user_session.seen_at is 'Last request, to the minute, so that not every request writes.';
comment on column user_session.ends_at is 'When it ends whatever happens.';

create table sign_in_handshake (
  secret_hash bytea primary key,
  return_to   text not null,
  expires_at  timestamptz not null,
  constraint sign_in_handshake_hash_is_sha256 check (octet_length(secret_hash) = 32),
  constraint sign_in_handshake_returns_here check (return_to like '/%' and return_to not like '//%' and length(return_to) <= 2000)
);
create index sign_in_handshake_by_expiry on sign_in_handshake (expires_at);
comment on table sign_in_handshake is 'Sign-ins between the press of the button and the return from the identity provider; each is good for one return.';
comment on column sign_in_handshake.secret_hash is 'SHA-256 of the secret in the browser''s cookie, from which state, nonce and PKCE verifier are derived.';
