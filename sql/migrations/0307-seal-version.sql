-- schema: sync
--
-- A seal also binds the number and the time of its event. That time tells of a missing event whether its month was
-- rightly dropped: it could be changed without a trace.

alter table audit_seal add column version smallint not null default 1,
  add constraint audit_seal_version_known check (version in (1, 2));
comment on column audit_seal.version is '2: the hash is over the hash before, event_hash, event_id and event_at; 1, of older versions: over the first two.';
comment on table audit_seal is
  'The chain: hash = SHA-256 over the hash before, event_hash (SHA-256 over the canonical text of the event), event_id and event_at. In the order of sealing, which is that of commits, roughly.';
