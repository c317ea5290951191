-- Why connections are not healthy, one row a reason.
create view health_reasons as
select h.connection_id, h.site_key, h.health, r.code, r.subject, r.amount, r.run_id, r.message, r.todo
from connection_health h
cross join lateral jsonb_to_recordset(h.reasons)
  as r(code text, subject text, amount bigint, run_id bigint, message text, todo text);
comment on view health_reasons is 'Why connections are not healthy: one row a reason; health is what the worst of them leads to.';
comment on column health_reasons.code is 'Stable code of the reason; that of a failed file or of a notice where it is one.';
comment on column health_reasons.subject is 'What it is about: types, a file, a scope, a step, an error code; empty for the whole.';
comment on column health_reasons.amount is 'How many; NULL where nothing is counted.';
comment on column health_reasons.health is 'State of the connection, as in connection_health.';
comment on column health_reasons.run_id is 'The run that shows it; NULL where it is of none.';
