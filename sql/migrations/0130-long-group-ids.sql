-- schema: sync
--
-- A server chooses the ids of its Groups, and some are tokens of thousands of characters: longer than what an index
-- takes. Members are told apart by a hash of the id.

alter table group_member drop constraint group_member_pkey;
drop index group_member_without_history;
create unique index group_member_identity on group_member (connection_id, fhir_id, hashtextextended(group_id, 0));
create index group_member_without_history on group_member (connection_id) where history_run is null;
