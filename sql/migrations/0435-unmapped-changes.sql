-- schema: sync
--
-- The worklist of unmapped codes is kept up by what changed, not counted anew over all that a connection has: of a
-- connection with millions of resources that took minutes, whatever a run had changed.

create table unmapped_change (
  connection_id integer not null,
  code_id       bigint not null,
  resource_type text not null,
  element       text not null,
  person_id     bigint,
  records       integer not null,
  first_run     bigint,
  last_run      bigint
);
create index unmapped_change_of_connection on unmapped_change (connection_id);
comment on table unmapped_change is 'What was added to unmapped_use and taken out of it since unmapped_summary was brought up to date, by transaction. The close of a run takes it in, and empties it. Of connections whose first run has not closed nothing is noted: that counts all.';
comment on column unmapped_change.connection_id is 'Connection whose resources use the code.';
comment on column unmapped_change.code_id is 'The code (source_code).';
comment on column unmapped_change.resource_type is 'Type of these resources.';
comment on column unmapped_change.element is 'Where in them the code stands.';
comment on column unmapped_change.person_id is 'Person whose resources they are; NULL for what is nobody''s.';
comment on column unmapped_change.records is 'How many were added; negative: taken out.';
comment on column unmapped_change.first_run is 'Of those added, the run in which the first came; NULL for what was taken out.';
comment on column unmapped_change.last_run is 'Of those added, the run in which one was written last.';

alter table connection add column unmapped_counted boolean not null default false;
comment on column connection.unmapped_counted is 'Whether unmapped_summary holds all that the connection has, so that changes to it are noted (unmapped_change).';

-- The uses of a code by one person are counted out of it.
create index unmapped_use_of_code_and_person on unmapped_use (code_id, person_id);
drop index unmapped_use_of_code;

comment on table unmapped_summary is 'unmapped_use counted per connection, code, resource type and element, as of the connection''s last closed run. Changes are taken in (unmapped_change); a full sync counts anew. The view unmapped_codes counts anew, too.';
