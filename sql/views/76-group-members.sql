-- Who is, and was, in the Groups that are exported, where their membership is asked for.
create view group_members as
select c.connection_id, c.site_key, m.group_id, m.fhir_id, m.left_run is null as is_member,
  m.first_run, m.last_run, m.left_run, m.history_run
from group_member m
join connection c using (connection_id);
comment on view group_members is 'Members of exported Groups (sync_config.group_membership). Who left keeps what is loaded: removing it is for a person to decide.';
comment on column group_members.last_run is 'Last run in whose membership export the patient was.';
comment on column group_members.left_run is 'Run that missed the patient first; NULL for members.';
comment on column group_members.history_run is 'Run that brought the whole history; NULL while it is to be asked for.';
comment on column group_members.first_run is 'First run in whose membership export the patient was.';
comment on column group_members.group_id is 'FHIR id of the Group.';
comment on column group_members.is_member is 'False: has left.';
