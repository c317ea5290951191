-- schema: sync
--
-- What is not loaded is counted by reason and type: of 100,000 failures out of the index alone.

drop index failure_open_by_reason;
create index failure_open_by_reason on failure (connection_id, reason, resource_type) where resolved_at is null;
