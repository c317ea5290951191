-- schema: cdm
--
-- Parts of stays that go on, whose end every run moves; and facts by their id, which is how they are taken back
-- (OHDSI's indexes are by domain and relationship only, which a handful of values share).

create index idx_visit_detail_still_patient on visit_detail (visit_detail_id)
  where discharged_to_concept_id = 32220;

create index idx_fact_relationship_fact_id_1 on fact_relationship (fact_id_1);
