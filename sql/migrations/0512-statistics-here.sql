-- schema: sync
--
-- Tables that lie on Citus' nodes are left to the nodes, also those that were filled before they were distributed, of which
-- the coordinator remembers what it knew then.

do $migration$
begin
  execute format($function$
    create or replace function analyze_changed() returns text[] language plpgsql security definer
    set search_path = %s, pg_temp
    -- Longer than Postgres waits before it makes autovacuum give way (deadlock_timeout).
    set lock_timeout = '2s'
    -- Of tables of somebody else it says that it leaves them out.
    set client_min_messages = 'error' as $body$
    declare
      changed record;
      analyzed text[] := '{}';
      spread oid[] := '{}';
    begin
      -- On Citus such an ANALYZE goes to all nodes, where it waits for locks without end, and may fail at the commit.
      begin
        if to_regclass('pg_catalog.pg_dist_partition') is not null then
          execute 'select coalesce(array_agg(logicalrelid::oid), $1) from pg_catalog.pg_dist_partition' into spread using spread;
        end if;
      exception when others then return analyzed;
      end;
      for changed in
        select t.relid::regclass as name, t.relname
        from pg_stat_user_tables t join pg_class c on c.oid = t.relid
        where t.schemaname = any(current_schemas(false)) and c.relkind = 'r' and t.relid <> all(spread)
          and t.n_mod_since_analyze > 1000 + greatest(c.reltuples, 0) / 10
        order by t.relname
      loop
        begin
          execute format('analyze %%s', changed.name);
          analyzed := analyzed || changed.relname::text;
        -- Somebody else analyzes it or changes what it is: what is only for speed fails no step.
        exception when others then null;
        end;
      end loop;
      return analyzed;
    end $body$
  $function$, current_setting('search_path'));
end $migration$;
