-- For where one Postgres ends (jobs/PERFORMANCE.md). Not run by the migrations, and never tried on a Citus cluster: it
-- is written from Citus' documentation. What test/citus.test.ts tries is that it runs on our schema, with functions in
-- place of Citus' own that refuse a table whose unique indexes lack the column that it is distributed by.
--
-- Rows of a person lie together on one shard, so OHDSI's queries, which join by person_id, stay on their node. The
-- vocabulary and what has no person are copied to every node. The state of the synchronisation and the queue stay on
-- the coordinator as plain tables: a chunk's transaction writes both, which Citus commits in two phases.
--
-- Before this:  create extension citus;  and citus_add_node for each worker.
-- Foreign keys (FOREIGN_KEYS=true) are to be added after it. A unique index of a distributed table must hold its
-- distribution column: the primary keys below get person_id. resource_key * 1000 + n stays unique by itself.

-- Vocabulary, and what is small and joined everywhere.
select create_reference_table(format('cdm.%I', name)::regclass)
from unnest(array[
  'concept', 'vocabulary', 'domain', 'concept_class', 'concept_relationship', 'relationship', 'concept_synonym',
  'concept_ancestor', 'source_to_concept_map', 'drug_strength', 'location', 'care_site', 'provider', 'cdm_source'
]) as name;

-- By person. Each primary key becomes (its id, person_id).
do $$
declare
  name text;
  pk text;
  id text;
begin
  foreach name in array array[
    'person', 'observation_period', 'visit_occurrence', 'visit_detail', 'condition_occurrence', 'drug_exposure',
    'procedure_occurrence', 'device_exposure', 'measurement', 'observation', 'death', 'note', 'specimen',
    'payer_plan_period', 'drug_era', 'dose_era', 'condition_era', 'episode'
  ] loop
    select c.conname, a.attname into pk, id
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.conrelid = format('%I.%I', 'cdm', name)::regclass and c.contype = 'p';
    if pk is not null and id <> 'person_id' then
      execute format('alter table cdm.%I drop constraint %I, add primary key (%I, person_id)', name, pk, id);
    end if;
    if name = 'person' then
      execute format('select create_distributed_table(%L, ''person_id'')', 'cdm.' || name);
    else
      execute format('select create_distributed_table(%L, ''person_id'', colocate_with => ''cdm.person'')', 'cdm.' || name);
    end if;
  end loop;
end
$$;

-- cost and fact_relationship name no person, and stay on the coordinator with the state of the synchronisation.
