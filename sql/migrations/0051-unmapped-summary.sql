-- schema: sync
--
-- The worklist of unmapped codes counted, so that it is answered at once where millions of resources use them. Made anew
-- for a connection by each of its runs that changed something, when it closes.

create table unmapped_summary (
  connection_id integer not null references connection on delete cascade,
  code_id       bigint not null references source_code,
  resource_type text not null,
  element       text not null,
  records       bigint not null,
  persons       bigint not null,
  first_run     bigint not null,
  last_run      bigint not null,
  primary key (connection_id, code_id, resource_type, element)
);
create index unmapped_summary_of_code on unmapped_summary (code_id);
comment on table unmapped_summary is 'unmapped_use counted per connection, code, resource type and element, as of the connection''s last closed run. The view unmapped_codes counts anew.';
comment on column unmapped_summary.first_run is 'Run in which the first of these resources came; last_run: in which one was last written.';

insert into unmapped_summary
select r.connection_id, u.code_id, r.resource_type, u.element, count(*), count(distinct u.person_id), min(r.first_run), max(r.last_run)
from unmapped_use u join resource r using (resource_key)
group by 1, 2, 3, 4;
