-- schema: sync
--
-- What waits for a second person (REQUIRE_SECOND_PERSON): asked for by one, done when another has approved it.

alter table api_token add column person text;
comment on column api_token.person is 'The person who made it, as the one who lets them in names them (subject/…, os/…); NULL where that is not known, and for tokens of older versions.';

create table approval (
  approval_id      bigint generated always as identity primary key,
  connection_id    integer not null references connection on delete cascade,
  operation        text not null,
  need             text not null,
  object           text not null,
  shown            jsonb not null,
  request_sealed   text,
  requested_by     text not null,
  requested_person text not null,
  requested_at     timestamptz not null,
  expires_at       timestamptz not null,
  decision         text,
  decided_by       text,
  decided_at       timestamptz,
  result           text,
  constraint approval_need_known check (need in ('purge', 'confirm', 'endpoint')),
  constraint approval_decision_known check (decision in ('approved', 'refused', 'expired', 'outdated')),
  constraint approval_decided_when check ((decision is null) = (decided_at is null)),
  constraint approval_forgets check ((decision is null) = (request_sealed is not null)),
  constraint approval_not_unbound check (request_sealed not like 'v1.%')
);
create index approval_waiting on approval (expires_at) where decision is null;
create index approval_of_connection on approval (connection_id, approval_id desc);
comment on table approval is 'Requests that need a second person, and what became of them.';
comment on column approval.operation is 'Operation of the API that was asked for.';
comment on column approval.need is 'Word of REQUIRE_SECOND_PERSON by which it needs one: purge, confirm, endpoint.';
comment on column approval.object is 'What it acts on, as the record names it.';
comment on column approval.shown is 'What would be done, without secrets and without saying of whom.';
comment on column approval.request_sealed is 'The request and what it found there, sealed: it may hold credentials or the id of a patient. NULL once it is decided.';
comment on column approval.requested_person is 'Who asked, by whatever token or session: nobody approves what they asked for themselves.';
comment on column approval.decision is 'approved, refused, expired, outdated (what it concerns had changed); NULL while it waits.';
comment on column approval.result is 'What came of it, as the record names it: purge/3, run/12, connection/7.';
