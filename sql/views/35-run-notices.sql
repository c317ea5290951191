-- What a person should know of runs although they did not fail for it, the newest run first.
create view run_notices as
select n.run_id, c.connection_id, c.site_key, n.code, n.subject, n.amount, n.message, n.at
from run_notice n
join run r using (run_id)
join connection c using (connection_id)
order by n.run_id desc, n.code, n.subject;
comment on view run_notices is 'Notices of runs: files shorter than announced, scopes that were not granted, remarks of the server, a full disk.';
comment on column run_notices.subject is 'What it is about (a type, a scope, a file); empty where there is only one.';
comment on column run_notices.amount is 'How many of them.';
comment on column run_notices.at is 'When it was noticed.';
comment on column run_notices.code is 'Stable code of the notice.';
