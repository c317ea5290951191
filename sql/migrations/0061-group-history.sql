-- schema: sync
--
-- Whether a member's history is here must outlive the run that met the member first: that run may fail.

drop index group_member_of_run;
alter table group_member
  drop column joined_run,
  add column history_run bigint;
create index group_member_without_history on group_member (connection_id, group_id) where history_run is null;
comment on column group_member.history_run is 'Run that brought the whole history of the member; NULL while it is to be asked for.';
