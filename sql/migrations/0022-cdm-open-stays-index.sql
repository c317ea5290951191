-- schema: cdm
--
-- The stays that go on, whose end every run moves: a handful among all visits ever. 32220 is "Still patient".

create index idx_visit_occurrence_still_patient on visit_occurrence (visit_occurrence_id)
  where discharged_to_concept_id = 32220;
