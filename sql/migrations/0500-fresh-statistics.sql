-- schema: sync
--
-- Statements over everything that a run touched are planned by what Postgres knows of the tables, which after a first load
-- may be what autovacuum saw when it looked last: a table of Patients alone. Planned for one Condition where there were ten
-- thousand, a close took minutes instead of seconds, and with ten times as many a hundred times as long.

-- The owner's rights, since a worker may not analyze what it does not own. Both schemas are found whatever the path of the
-- one who calls; pg_temp comes last, so that nobody can put a table of theirs in its place.
do $migration$
begin
  execute format($function$
    create function analyze_changed() returns text[] language plpgsql security definer
    set search_path = %s, pg_temp
    -- Longer than Postgres waits before it makes autovacuum give way (deadlock_timeout).
    set lock_timeout = '2s'
    -- Of tables of somebody else it says that it leaves them out.
    set client_min_messages = 'error' as $body$
    declare
      changed record;
      analyzed text[] := '{}';
    begin
      for changed in
        select t.relid::regclass as name, t.relname
        from pg_stat_user_tables t join pg_class c on c.oid = t.relid
        where t.schemaname = any(current_schemas(false)) and c.relkind = 'r'
          and t.n_mod_since_analyze > 1000 + greatest(c.reltuples, 0) / 10
        order by t.relname
      loop
        begin
          execute format('analyze %%s', changed.name);
          analyzed := analyzed || changed.relname::text;
        -- Somebody else analyzes it or changes what it is, or it is a part of Citus' own: what is only for speed fails no step.
        exception when others then null;
        end;
      end loop;
      return analyzed;
    end $body$
  $function$, current_setting('search_path'));
end $migration$;
revoke execute on function analyze_changed() from public;
comment on function analyze_changed() is 'Analyzes the tables of which more than a tenth (and 1,000 rows) changed since they were last analyzed, as autovacuum would within a minute or so, and returns their names.';
