-- schema: sync
--
-- Connections whose settings stand elsewhere, so that nobody changes here what the next start would change back.

alter table connection add column managed_by text
  constraint connection_managed_by_known check (managed_by in ('environment'));
comment on column connection.managed_by is 'environment: kept as the EHR_… variables of the processes say, and changed nowhere else. NULL: changed by API, pages and command line.';
