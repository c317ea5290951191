-- Parked resources of a connection are counted on every dashboard. Without this the count reads their lines too.
create index waiting_parked on waiting (connection_id) where parked;
