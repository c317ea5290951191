-- schema: sync
--
-- To ask for what an export left out begins when that is mapped, which may be days after its manifest.

alter table run add column hydrating_since timestamptz;
comment on column run.hydrating_since is 'When it began to ask, resource by resource, for what its export left out; NULL until then.';
