-- For where one Postgres ends (jobs/PERFORMANCE.md). Not run by the migrations, and never run on Citus: it is in no
-- package that we could install. Written from Citus' documentation; test/sql/citus.test.ts runs it on our schema, with
-- stand-ins for Citus' functions that refuse what Citus refuses of a table (unique indexes without the distribution
-- column, foreign keys, triggers), before and after a vocabulary load.
--
-- Rows of a person lie together on one shard, so OHDSI's queries, which join by person_id, stay on their node. The
-- vocabulary and what has no person are copied to every node. The state of the synchronisation and the queue stay on
-- the coordinator as plain tables (pg-boss does the same: its backend "citus" has no settings of its own); a chunk's
-- transaction writes both, which Citus commits in two phases.
--
-- Before:  create extension citus;  citus_set_coordinator_host (or plain tables cannot be joined with reference tables);
--          citus_add_node for each worker. No foreign keys in the CDM: drop those of `migrate --constraints`.
-- After each vocabulary load: run this again. A load puts new, plain tables in the place of the old ones.
--
-- A unique index of a distributed table must hold its distribution column: primary keys get person_id. The ids stay
-- unique by themselves (resource_key * 1000 + n).
--
-- What our statements need, and Citus as documented does not do:
-- - merged patients (jobs/5-settle/settle-merges.ts): the rows of the replaced person get another person_id, and Citus
--   refuses to update a distribution column. A run with such a Patient.link fails in its redrive. They would have to be
--   deleted and written again.
-- - the foreign keys of cdm-constraints.sql between tables by person: they would have to hold person_id.
-- - lookups by id alone (a changed resource's old rows, lineage) go to all shards: correct, but each asks every node.
-- - moving shards of death, and copying the reference tables concept_relationship, concept_ancestor, concept_synonym,
--   drug_strength, cdm_source and the three tables of CDM 5.5 to a new node: they have no primary key, so with shard_transfer_mode => 'block_writes'.
-- Not known without a cluster: whether derivation and quality checks (sql/derive, sql/quality), which join temporary
-- tables of the coordinator with tables by person, all plan; the first sync after the move is to be made with a copy.

do $$
declare
  reference_tables constant text[] := array[
    'concept', 'vocabulary', 'domain', 'concept_class', 'concept_relationship', 'relationship', 'concept_synonym',
    'concept_ancestor', 'drug_strength', 'location', 'care_site', 'provider', 'cdm_source', 'pack_content',
    'concept_metadata', 'concept_relationship_metadata'
  ];
  by_person constant text[] := array[
    'person', 'observation_period', 'visit_occurrence', 'visit_detail', 'condition_occurrence', 'drug_exposure',
    'procedure_occurrence', 'device_exposure', 'measurement', 'observation', 'death', 'note', 'specimen',
    'payer_plan_period', 'drug_era', 'dose_era', 'condition_era', 'episode'
  ];
  name text;
  relation regclass;
  pk text;
  id text;
begin
  if exists (select from pg_constraint where contype = 'f' and connamespace = 'cdm'::regnamespace) then
    raise 'The tables of the CDM have foreign keys, which Citus cannot keep. Drop them first.';
  end if;

  foreach name in array reference_tables loop
    -- Three of them are there with CDM 5.5 only.
    relation := to_regclass(format('cdm.%I', name));
    continue when relation is null or exists (select from pg_dist_partition where logicalrelid = relation);
    perform create_reference_table(relation);
  end loop;

  -- Each primary key becomes (its id, person_id). `person` comes first: the others lie beside it.
  foreach name in array by_person loop
    relation := format('cdm.%I', name)::regclass;
    continue when exists (select from pg_dist_partition where logicalrelid = relation);
    select c.conname, a.attname into pk, id
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.conrelid = relation and c.contype = 'p';
    if pk is not null and id <> 'person_id' then
      execute format('alter table cdm.%I drop constraint %I, add primary key (%I, person_id)', name, pk, id);
    end if;
    if name = 'person' then
      perform create_distributed_table(relation, 'person_id');
    else
      perform create_distributed_table(relation, 'person_id', colocate_with => 'cdm.person');
    end if;
  end loop;
end
$$;

-- cost, fact_relationship, note_nlp, episode_event and cohorts name no person as such, and stay on the coordinator with
-- the state of the synchronisation; so does source_to_concept_map, whose changes a trigger counts (Citus refuses tables
-- with triggers).
