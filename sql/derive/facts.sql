-- fact_relationship of the persons in scope: members of panels, what observations were derived from, parts of
-- procedures; each of the rows of one resource with each of the other's, in both directions as the CDM asks.
--
-- Domains by concept id: Drug 13, Procedure 10, Device 17, Condition 19, Measurement 21, Observation 27, Specimen 36. No
-- parameters; reads persons_here.

delete from fact_relationship f
using persons_here s, written_fact w
where w.person_id = s.person_id
  and f.fact_id_1 = w.fact_id_1 and f.domain_concept_id_1 = w.domain_concept_id_1
  and f.fact_id_2 = w.fact_id_2 and f.domain_concept_id_2 = w.domain_concept_id_2
  and f.relationship_concept_id = w.relationship_concept_id;

delete from written_fact w using persons_here s where w.person_id = s.person_id;

with linked as (
  select l.person_id, l.resource_key as source, r.resource_key as target, l.relationship_concept_id,
    l.reverse_concept_id
  from persons_here
  join resource_link l using (person_id)
  join resource r on r.connection_id = l.connection_id and r.resource_type = l.target_type
    and r.fhir_id = l.target_id and r.outcome = 'loaded' and r.resource_key <> l.resource_key
),
side as (
  select source as resource_key from linked union select target from linked
),
fact (resource_key, person_id, domain_concept_id, fact_id) as (
  select s.resource_key, e.person_id, 19, e.condition_occurrence_id
  from side s join condition_occurrence e on e.condition_occurrence_id >= s.resource_key * 1000 and e.condition_occurrence_id < (s.resource_key + 1) * 1000
  union all
  select s.resource_key, e.person_id, 13, e.drug_exposure_id
  from side s join drug_exposure e on e.drug_exposure_id >= s.resource_key * 1000 and e.drug_exposure_id < (s.resource_key + 1) * 1000
  union all
  select s.resource_key, e.person_id, 10, e.procedure_occurrence_id
  from side s join procedure_occurrence e on e.procedure_occurrence_id >= s.resource_key * 1000 and e.procedure_occurrence_id < (s.resource_key + 1) * 1000
  union all
  select s.resource_key, e.person_id, 17, e.device_exposure_id
  from side s join device_exposure e on e.device_exposure_id >= s.resource_key * 1000 and e.device_exposure_id < (s.resource_key + 1) * 1000
  union all
  select s.resource_key, e.person_id, 21, e.measurement_id
  from side s join measurement e on e.measurement_id >= s.resource_key * 1000 and e.measurement_id < (s.resource_key + 1) * 1000
  union all
  select s.resource_key, e.person_id, 27, e.observation_id
  from side s join observation e on e.observation_id >= s.resource_key * 1000 and e.observation_id < (s.resource_key + 1) * 1000
  union all
  select s.resource_key, e.person_id, 36, e.specimen_id
  from side s join specimen e on e.specimen_id >= s.resource_key * 1000 and e.specimen_id < (s.resource_key + 1) * 1000
),
pair as (
  select l.person_id, a.domain_concept_id as domain_1, a.fact_id as id_1, b.domain_concept_id as domain_2,
    b.fact_id as id_2, l.relationship_concept_id, l.reverse_concept_id
  from linked l
  join fact a on a.resource_key = l.source and a.person_id = l.person_id
  join fact b on b.resource_key = l.target and b.person_id = l.person_id
),
written as (
  insert into written_fact (
    person_id, domain_concept_id_1, fact_id_1, domain_concept_id_2, fact_id_2, relationship_concept_id
  )
  select person_id, domain_1, id_1, domain_2, id_2, relationship_concept_id from pair
  union
  select person_id, domain_2, id_2, domain_1, id_1, reverse_concept_id from pair
  returning *
)
insert into fact_relationship (
  domain_concept_id_1, fact_id_1, domain_concept_id_2, fact_id_2, relationship_concept_id
)
select domain_concept_id_1, fact_id_1, domain_concept_id_2, fact_id_2, relationship_concept_id from written;
