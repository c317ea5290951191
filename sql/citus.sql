-- For where one Postgres ends (jobs/PERFORMANCE.md, "Beyond one Postgres"). Not run by the migrations: `npm run migrate --
-- --distribute` runs it, and so does each further `migrate` and each load of a vocabulary.
-- Which tables is said by two settings of the transaction (distribute.ts); it finds them by the search_path. Run again it
-- distributes what has come since, and leaves the rest.
--
-- Rows of a person lie together on one shard, so OHDSI's queries, which join by person_id, stay on their node. The
-- vocabulary is copied to every node. What has no person (providers, places, costs, facts), the state of the
-- synchronisation and the queue stay on the coordinator as plain tables; a step's transaction writes both, which Citus
-- commits in two phases. (Providers and places are no reference tables, since Citus lets no statement write these by what
-- plain tables say. Queries may join them with tables by person all the same.)
--
-- Before:  create extension citus;  citus_set_coordinator_host (or plain tables cannot be joined with reference tables);
--          citus_add_node for each worker. No foreign keys in the CDM: drop those of `migrate --constraints`.
--
-- A unique index of a distributed table must hold its distribution column: primary keys get person_id. The ids stay
-- unique by themselves (resource_key * 1000 + n).
--
-- Lookups by id alone (a changed resource's old rows, lineage) go to all shards: correct, but each asks every node.
-- Moving shards of death, and copying reference tables without a primary key (concept_relationship, concept_ancestor and
-- their like) to a new node: with shard_transfer_mode => 'block_writes'.

do $$
declare
  reference_tables constant text[] := string_to_array(current_setting('distribute.on_every_node'), ',');
  by_person constant text[] := string_to_array(current_setting('distribute.by_person'), ',');
  name text;
  relation regclass;
  pk text;
  id text;
begin
  if exists (select from pg_constraint where contype = 'f' and connamespace = (select relnamespace from pg_class where oid = 'person'::regclass)) then
    raise 'The tables of the CDM have foreign keys, which Citus cannot keep. Drop them first.';
  end if;

  foreach name in array reference_tables loop
    relation := to_regclass(name);
    continue when relation is null or exists (select from pg_dist_partition where logicalrelid = relation);
    perform create_reference_table(relation);
  end loop;

  -- Each primary key becomes (its id, person_id). `person` comes first: the others lie beside it.
  foreach name in array by_person loop
    relation := name::regclass;
    continue when exists (select from pg_dist_partition where logicalrelid = relation);
    select c.conname, a.attname into pk, id
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.conrelid = relation and c.contype = 'p';
    if pk is not null and id <> 'person_id' then
      execute format('alter table %s drop constraint %I, add primary key (%I, person_id)', relation, pk, id);
    end if;
    if name = 'person' then
      perform create_distributed_table(relation, 'person_id');
    else
      perform create_distributed_table(relation, 'person_id', colocate_with => 'person'::regclass::text);
    end if;
  end loop;

  -- Whom a close looks at (jobs/derive/scope.ts). It is empty but within a transaction.
  if to_regclass('close_scope') is null then
    create table close_scope (
      scope_id      bigint,
      person_id     bigint,
      connection_id integer,
      pulled_on     date not null,
      born_on       date,
      died_on       date,
      silent_after  date not null,
      primary key (scope_id, person_id)
    );
    perform create_distributed_table('close_scope', 'person_id', colocate_with => 'person'::regclass::text);
  end if;
end
$$;

-- location, care_site, provider, cdm_source, cost, fact_relationship, note_nlp, episode_event and cohorts name no person as
-- such, and stay on the coordinator with the state of the synchronisation; so does source_to_concept_map, whose changes a
-- trigger counts (Citus refuses tables with triggers).
