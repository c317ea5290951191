-- schema: sync
-- Requests that start something, by the Idempotency-Key that their caller gave them, for a day: repeated, they get the
-- first answer again. Neither key nor request can be read from here: both are hashes, the second keyed by the first.
create table idempotency_key (
  key_hash     bytea primary key,
  request_hash bytea not null,
  request_id   text not null,
  begun_at     timestamptz not null,
  status       integer,
  headers      jsonb,
  body         text,
  constraint idempotency_key_answer check ((status is null) = (headers is null) and (status is null) = (body is null))
);
create index idempotency_key_by_age on idempotency_key (begun_at);
comment on table idempotency_key is 'Requests of the last day that had an Idempotency-Key, and what they were answered.';
comment on column idempotency_key.key_hash is 'SHA-256 of the caller''s name and the key.';
comment on column idempotency_key.request_hash is 'HMAC of method, address and body by the key.';
comment on column idempotency_key.request_id is 'Under which the record (audit_event) knows what was done.';
comment on column idempotency_key.status is 'HTTP status of the answer; NULL while the request is under way, or when its process died.';
comment on column idempotency_key.body is 'Body of the answer: numbers and states of runs, no secrets.';
