-- Columns that mean the same in every view say so here, once; a view that means something else by one says that beside
-- itself. A test finds columns that nobody explains.
do $$
declare
  bare record;
begin
  for bare in
    select c.oid::regclass as view, a.attname as name, m.says
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    join (
      values
        ('connection_id', 'The connection: one site of an EHR.'),
        ('site_key', 'Short name of the connection, unique among them.'),
        ('site_name', 'Name of the connection for people.'),
        ('is_active', 'False: switched off, no sync starts.'),
        ('watermark', 'Up to when the server has told everything (its transactionTime); the next sync asks for what changed since.'),
        ('run_id', 'The run: one sync, import or other work on the connection.'),
        ('chunk_id', 'The chunk: a stretch of lines of a file.'),
        ('file_no', 'Number of the file within its run.'),
        ('line', 'Line within the file, from 1.'),
        ('resource_type', 'FHIR resource type.'),
        ('fhir_id', 'Id of the resource at its server.'),
        ('resource_key', 'Our number of the resource; it stays through every change.'),
        ('table_name', 'Table of the CDM.'),
        ('created_at', 'When it was made.'),
        ('resources', 'How many resources.'),
        ('message', 'What happened, in a sentence.'),
        ('todo', 'What a person may do about it; NULL where there is nothing to do.'),
        ('runs', 'Runs of any outcome.'),
        ('runs_30d', 'Runs of the last 30 days.'),
        ('failed_30d', 'Of them, those that failed.'),
        ('completed_30d', 'Of them, those that were completed.'),
        ('failures_in_row', 'Runs that failed at the EHR, one after the other, until now.'),
        ('paused_until', 'Circuit breaker: scheduled syncs are skipped until then.'),
        ('extracted', 'Resources received.'),
        ('unchanged', 'Resources that were as they are stored.'),
        ('loaded', 'Resources whose rows were written.'),
        ('mapped', 'Of the loaded ones, those whose every primary code has a Standard concept.'),
        ('excluded', 'Resources rightly not loaded, by a rule.'),
        ('failed', 'Resources that should have been loaded and were not.'),
        ('parked', 'Resources that wait for their Patient or visit.'),
        ('rows_written', 'CDM rows written.'),
        ('requests', 'Answers that were received.')
    ) m (name, says) on m.name = a.attname
    where c.relnamespace = (select relnamespace from pg_class where oid = 'run_metrics'::regclass)
      and c.relkind = 'v' and col_description(c.oid, a.attnum) is null
  loop
    execute format('comment on column %s.%I is %L', bare.view, bare.name, bare.says);
  end loop;
end
$$;
