-- schema: sync
--
-- What a close looks at follows what was changed: providers only where some were written, and the periods that an earlier
-- data pull had cut only when the day of the pull has moved on.

create table touched_providers (run_id bigint not null references run on delete cascade);
create index touched_providers_of_run on touched_providers (run_id);
comment on table touched_providers is 'Runs whose chunks wrote or deleted rows of provider or care_site: one row a chunk. What PractitionerRoles say is brought to providers again when a run of the connection closes.';
comment on column touched_providers.run_id is 'Run of the chunk.';
insert into touched_providers select run_id from run where status <> 'completed';

alter table connection add column periods_reach date;
comment on column connection.periods_reach is 'Day of the data pull up to which at least all of its open periods (open_period) reach.';
