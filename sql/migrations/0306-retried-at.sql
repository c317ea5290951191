-- schema: sync
--
-- A run that asks by searches, or resource by resource, may take so long and no longer; one that is retried begins anew.

alter table run add column retried_at timestamptz;
comment on column run.retried_at is 'When it was last taken up again; NULL when it never was.';
