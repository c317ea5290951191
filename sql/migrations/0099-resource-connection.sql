-- schema: sync
--
-- Each row that a chunk wrote into `resource` was checked for its connection, and took a lock on that one row beside
-- all other chunks: 8 µs a resource, more than half of what the COPY itself costs. What the constraint said holds
-- without it: a chunk of a run that has ended is rolled back (jobs/advance.ts), and a connection is deleted after its
-- resources, while no other run of it lives (jobs/delete-connection.ts).

alter table resource drop constraint resource_connection_id_fkey;
