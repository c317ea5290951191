-- schema: cdm
--
-- What others have written about a row goes with it: it is found by the id of that row. (OHDSI has no index for either.)

create index if not exists fact_relationship_fact_2 on fact_relationship (fact_id_2);
create index if not exists episode_event_event on episode_event (event_id);
