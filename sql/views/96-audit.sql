-- The record under the names of the table that it had before, for reports that read it.
create view audit as
select event_id as audit_id, at, actor, action, object as target, status, request_id
from audit_event;
comment on view audit is 'audit_event under its older names.';
comment on column audit.action is 'What was done, as "sync.start".';
comment on column audit.actor is 'Who did it.';
comment on column audit.at is 'When.';
comment on column audit.audit_id is 'Number of the entry.';
comment on column audit.request_id is 'Finds the request in the log; NULL where there was none.';
comment on column audit.status is 'HTTP status of the answer; NULL where there was none.';
comment on column audit.target is 'What it was done to, as "connection/7".';
