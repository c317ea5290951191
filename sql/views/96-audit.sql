-- The record under the names of the table that it had before, for reports that read it.
create view audit as
select event_id as audit_id, at, actor, action, object as target, status, request_id
from audit_event;
comment on view audit is 'audit_event under its older names.';
