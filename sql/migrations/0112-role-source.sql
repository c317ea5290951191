-- schema: sync
--
-- condition_status_source_value is the code that condition_status_concept_id comes from: of a role in an Encounter, its
-- use or rank as sent. Roles from before have none until their Encounter is mapped again: the value stays as it is.

alter table diagnosis_role add column source_value text;
alter table condition_own_status add column source_value text;

update condition_own_status o set source_value = c.condition_status_source_value
from condition_occurrence c
where c.condition_occurrence_id >= o.resource_key * 1000 and c.condition_occurrence_id < (o.resource_key + 1) * 1000;

comment on column diagnosis_role.source_value is 'Code of the use, or the rank, as sent.';
comment on column condition_own_status.source_value is 'condition_status_source_value of the Condition itself.';
