-- schema: cdm
--
-- The 39 tables of the OMOP Common Data Model 5.4: every field, type and NOT NULL of its field-level specification.
-- Where we choose: ids of persons and events are bigint, since ours grow with every resource seen and an event id is
-- resource_key * 1000 + n; concept ids stay integer; float is numeric, so that a value comes out as it was sent;
-- datetime is a timestamp without zone; varchar(MAX) is text. Tables that the specification gives no primary key
-- have none. Foreign keys are apart (cdm-constraints.sql), because they make loading slower and a vocabulary without
-- CPT4 cannot satisfy all of them.

create table person (
  person_id                   bigint not null,
  gender_concept_id           integer not null,
  year_of_birth               integer not null,
  month_of_birth              integer,
  day_of_birth                integer,
  birth_datetime              timestamp,
  race_concept_id             integer not null,
  ethnicity_concept_id        integer not null,
  location_id                 bigint,
  provider_id                 bigint,
  care_site_id                bigint,
  person_source_value         varchar(50),
  gender_source_value         varchar(50),
  gender_source_concept_id    integer,
  race_source_value           varchar(50),
  race_source_concept_id      integer,
  ethnicity_source_value      varchar(50),
  ethnicity_source_concept_id integer,
  constraint xpk_person primary key (person_id)
);
comment on table person is 'Everyone in the data, once: birth date and demographics.';

create table observation_period (
  observation_period_id         bigint not null,
  person_id                     bigint not null,
  observation_period_start_date date not null,
  observation_period_end_date   date not null,
  period_type_concept_id        integer not null,
  constraint xpk_observation_period primary key (observation_period_id)
);
comment on table observation_period is 'Spans of time in which a person''s events would have been recorded had they happened.';

create table visit_occurrence (
  visit_occurrence_id           bigint not null,
  person_id                     bigint not null,
  visit_concept_id              integer not null,
  visit_start_date              date not null,
  visit_start_datetime          timestamp,
  visit_end_date                date not null,
  visit_end_datetime            timestamp,
  visit_type_concept_id         integer not null,
  provider_id                   bigint,
  care_site_id                  bigint,
  visit_source_value            varchar(50),
  visit_source_concept_id       integer,
  admitted_from_concept_id      integer,
  admitted_from_source_value    varchar(50),
  discharged_to_concept_id      integer,
  discharged_to_source_value    varchar(50),
  preceding_visit_occurrence_id bigint,
  constraint xpk_visit_occurrence primary key (visit_occurrence_id)
);
comment on table visit_occurrence is 'Contacts of a person with the health system: stays, emergency and outpatient visits.';

create table visit_detail (
  visit_detail_id                bigint not null,
  person_id                      bigint not null,
  visit_detail_concept_id        integer not null,
  visit_detail_start_date        date not null,
  visit_detail_start_datetime    timestamp,
  visit_detail_end_date          date not null,
  visit_detail_end_datetime      timestamp,
  visit_detail_type_concept_id   integer not null,
  provider_id                    bigint,
  care_site_id                   bigint,
  visit_detail_source_value      varchar(50),
  visit_detail_source_concept_id integer,
  admitted_from_concept_id       integer,
  admitted_from_source_value     varchar(50),
  discharged_to_source_value     varchar(50),
  discharged_to_concept_id       integer,
  preceding_visit_detail_id      bigint,
  parent_visit_detail_id         bigint,
  visit_occurrence_id            bigint not null,
  constraint xpk_visit_detail primary key (visit_detail_id)
);
comment on table visit_detail is 'Parts of a visit, such as the time on one ward.';

create table condition_occurrence (
  condition_occurrence_id       bigint not null,
  person_id                     bigint not null,
  condition_concept_id          integer not null,
  condition_start_date          date not null,
  condition_start_datetime      timestamp,
  condition_end_date            date,
  condition_end_datetime        timestamp,
  condition_type_concept_id     integer not null,
  condition_status_concept_id   integer,
  stop_reason                   varchar(20),
  provider_id                   bigint,
  visit_occurrence_id           bigint,
  visit_detail_id               bigint,
  condition_source_value        varchar(50),
  condition_source_concept_id   integer,
  condition_status_source_value varchar(50),
  constraint xpk_condition_occurrence primary key (condition_occurrence_id)
);
comment on table condition_occurrence is 'Diagnoses, signs and symptoms recorded for a person.';

create table drug_exposure (
  drug_exposure_id             bigint not null,
  person_id                    bigint not null,
  drug_concept_id              integer not null,
  drug_exposure_start_date     date not null,
  drug_exposure_start_datetime timestamp,
  drug_exposure_end_date       date not null,
  drug_exposure_end_datetime   timestamp,
  verbatim_end_date            date,
  drug_type_concept_id         integer not null,
  stop_reason                  varchar(20),
  refills                      integer,
  quantity                     numeric,
  days_supply                  integer,
  sig                          text,
  route_concept_id             integer,
  lot_number                   varchar(50),
  provider_id                  bigint,
  visit_occurrence_id          bigint,
  visit_detail_id              bigint,
  drug_source_value            varchar(50),
  drug_source_concept_id       integer,
  route_source_value           varchar(50),
  dose_unit_source_value       varchar(50),
  constraint xpk_drug_exposure primary key (drug_exposure_id)
);
comment on table drug_exposure is 'Prescribed, dispensed and administered drugs, vaccines included.';

create table procedure_occurrence (
  procedure_occurrence_id     bigint not null,
  person_id                   bigint not null,
  procedure_concept_id        integer not null,
  procedure_date              date not null,
  procedure_datetime          timestamp,
  procedure_end_date          date,
  procedure_end_datetime      timestamp,
  procedure_type_concept_id   integer not null,
  modifier_concept_id         integer,
  quantity                    integer,
  provider_id                 bigint,
  visit_occurrence_id         bigint,
  visit_detail_id             bigint,
  procedure_source_value      varchar(50),
  procedure_source_concept_id integer,
  modifier_source_value       varchar(50),
  constraint xpk_procedure_occurrence primary key (procedure_occurrence_id)
);
comment on table procedure_occurrence is 'Things done to a person to diagnose or treat.';

create table device_exposure (
  device_exposure_id             bigint not null,
  person_id                      bigint not null,
  device_concept_id              integer not null,
  device_exposure_start_date     date not null,
  device_exposure_start_datetime timestamp,
  device_exposure_end_date       date,
  device_exposure_end_datetime   timestamp,
  device_type_concept_id         integer not null,
  unique_device_id               varchar(255),
  production_id                  varchar(255),
  quantity                       integer,
  provider_id                    bigint,
  visit_occurrence_id            bigint,
  visit_detail_id                bigint,
  device_source_value            varchar(50),
  device_source_concept_id       integer,
  unit_concept_id                integer,
  unit_source_value              varchar(50),
  unit_source_concept_id         integer,
  constraint xpk_device_exposure primary key (device_exposure_id)
);
comment on table device_exposure is 'Implants, supplies and other devices that a person was exposed to.';

create table measurement (
  measurement_id                bigint not null,
  person_id                     bigint not null,
  measurement_concept_id        integer not null,
  measurement_date              date not null,
  measurement_datetime          timestamp,
  measurement_time              varchar(10),
  measurement_type_concept_id   integer not null,
  operator_concept_id           integer,
  value_as_number               numeric,
  value_as_concept_id           integer,
  unit_concept_id               integer,
  range_low                     numeric,
  range_high                    numeric,
  provider_id                   bigint,
  visit_occurrence_id           bigint,
  visit_detail_id               bigint,
  measurement_source_value      varchar(50),
  measurement_source_concept_id integer,
  unit_source_value             varchar(50),
  unit_source_concept_id        integer,
  value_source_value            varchar(50),
  measurement_event_id          bigint,
  meas_event_field_concept_id   integer,
  constraint xpk_measurement primary key (measurement_id)
);
comment on table measurement is 'Results obtained by examination or test: laboratory values, vital signs, findings.';

create table observation (
  observation_id                bigint not null,
  person_id                     bigint not null,
  observation_concept_id        integer not null,
  observation_date              date not null,
  observation_datetime          timestamp,
  observation_type_concept_id   integer not null,
  value_as_number               numeric,
  value_as_string               varchar(60),
  value_as_concept_id           integer,
  qualifier_concept_id          integer,
  unit_concept_id               integer,
  provider_id                   bigint,
  visit_occurrence_id           bigint,
  visit_detail_id               bigint,
  observation_source_value      varchar(50),
  observation_source_concept_id integer,
  unit_source_value             varchar(50),
  qualifier_source_value        varchar(50),
  value_source_value            varchar(50),
  observation_event_id          bigint,
  obs_event_field_concept_id    integer,
  constraint xpk_observation primary key (observation_id)
);
comment on table observation is 'Clinical facts that belong to no other event table.';

create table death (
  person_id               bigint not null,
  death_date              date not null,
  death_datetime          timestamp,
  death_type_concept_id   integer,
  cause_concept_id        integer,
  cause_source_value      varchar(50),
  cause_source_concept_id integer
);
comment on table death is 'When and of what a person died; at most one row a person.';

create table note (
  note_id                     bigint not null,
  person_id                   bigint not null,
  note_date                   date not null,
  note_datetime               timestamp,
  note_type_concept_id        integer not null,
  note_class_concept_id       integer not null,
  note_title                  varchar(250),
  note_text                   text not null,
  encoding_concept_id         integer not null,
  language_concept_id         integer not null,
  provider_id                 bigint,
  visit_occurrence_id         bigint,
  visit_detail_id             bigint,
  note_source_value           varchar(50),
  note_event_id               bigint,
  note_event_field_concept_id integer,
  constraint xpk_note primary key (note_id)
);
comment on table note is 'Free text written about a person.';

create table note_nlp (
  note_nlp_id                bigint not null,
  note_id                    bigint not null,
  section_concept_id         integer,
  snippet                    varchar(250),
  "offset"                   varchar(50),
  lexical_variant            varchar(250) not null,
  note_nlp_concept_id        integer,
  note_nlp_source_concept_id integer,
  nlp_system                 varchar(250),
  nlp_date                   date not null,
  nlp_datetime               timestamp,
  term_exists                varchar(1),
  term_temporal              varchar(50),
  term_modifiers             varchar(2000),
  constraint xpk_note_nlp primary key (note_nlp_id)
);
comment on table note_nlp is 'Terms that text processing found in notes.';

create table specimen (
  specimen_id                 bigint not null,
  person_id                   bigint not null,
  specimen_concept_id         integer not null,
  specimen_type_concept_id    integer not null,
  specimen_date               date not null,
  specimen_datetime           timestamp,
  quantity                    numeric,
  unit_concept_id             integer,
  anatomic_site_concept_id    integer,
  disease_status_concept_id   integer,
  specimen_source_id          varchar(50),
  specimen_source_value       varchar(50),
  unit_source_value           varchar(50),
  anatomic_site_source_value  varchar(50),
  disease_status_source_value varchar(50),
  constraint xpk_specimen primary key (specimen_id)
);
comment on table specimen is 'Biological samples taken from a person.';

create table fact_relationship (
  domain_concept_id_1     integer not null,
  fact_id_1               bigint not null,
  domain_concept_id_2     integer not null,
  fact_id_2               bigint not null,
  relationship_concept_id integer not null
);
comment on table fact_relationship is 'Links between any two rows, of any tables.';

create table location (
  location_id           bigint not null,
  address_1             varchar(50),
  address_2             varchar(50),
  city                  varchar(50),
  state                 varchar(2),
  zip                   varchar(9),
  county                varchar(20),
  location_source_value varchar(50),
  country_concept_id    integer,
  country_source_value  varchar(80),
  latitude              numeric,
  longitude             numeric,
  constraint xpk_location primary key (location_id)
);
comment on table location is 'Addresses and places, of persons and of care sites.';

create table care_site (
  care_site_id                  bigint not null,
  care_site_name                varchar(255),
  place_of_service_concept_id   integer,
  location_id                   bigint,
  care_site_source_value        varchar(50),
  place_of_service_source_value varchar(50),
  constraint xpk_care_site primary key (care_site_id)
);
comment on table care_site is 'Places or organisations where care is given.';

create table provider (
  provider_id                 bigint not null,
  provider_name               varchar(255),
  npi                         varchar(20),
  dea                         varchar(20),
  specialty_concept_id        integer,
  care_site_id                bigint,
  year_of_birth               integer,
  gender_concept_id           integer,
  provider_source_value       varchar(50),
  specialty_source_value      varchar(50),
  specialty_source_concept_id integer,
  gender_source_value         varchar(50),
  gender_source_concept_id    integer,
  constraint xpk_provider primary key (provider_id)
);
comment on table provider is 'Individuals who give care.';

create table payer_plan_period (
  payer_plan_period_id          bigint not null,
  person_id                     bigint not null,
  payer_plan_period_start_date  date not null,
  payer_plan_period_end_date    date not null,
  payer_concept_id              integer,
  payer_source_value            varchar(50),
  payer_source_concept_id       integer,
  plan_concept_id               integer,
  plan_source_value             varchar(50),
  plan_source_concept_id        integer,
  sponsor_concept_id            integer,
  sponsor_source_value          varchar(50),
  sponsor_source_concept_id     integer,
  family_source_value           varchar(50),
  stop_reason_concept_id        integer,
  stop_reason_source_value      varchar(50),
  stop_reason_source_concept_id integer,
  constraint xpk_payer_plan_period primary key (payer_plan_period_id)
);
comment on table payer_plan_period is 'Spans of time in which a person was insured, by whom and under which plan.';

create table cost (
  cost_id                   bigint not null,
  cost_event_id             bigint not null,
  cost_domain_id            varchar(20) not null,
  cost_type_concept_id      integer not null,
  currency_concept_id       integer,
  total_charge              numeric,
  total_cost                numeric,
  total_paid                numeric,
  paid_by_payer             numeric,
  paid_by_patient           numeric,
  paid_patient_copay        numeric,
  paid_patient_coinsurance  numeric,
  paid_patient_deductible   numeric,
  paid_by_primary           numeric,
  paid_ingredient_cost      numeric,
  paid_dispensing_fee       numeric,
  payer_plan_period_id      bigint,
  amount_allowed            numeric,
  revenue_code_concept_id   integer,
  revenue_code_source_value varchar(50),
  drg_concept_id            integer,
  drg_source_value          varchar(3),
  constraint xpk_cost primary key (cost_id)
);
comment on table cost is 'What an event cost, and who paid.';

create table drug_era (
  drug_era_id         bigint not null,
  person_id           bigint not null,
  drug_concept_id     integer not null,
  drug_era_start_date date not null,
  drug_era_end_date   date not null,
  drug_exposure_count integer,
  gap_days            integer,
  constraint xpk_drug_era primary key (drug_era_id)
);
comment on table drug_era is 'Spans of exposure to an ingredient, derived from drug_exposure.';

create table dose_era (
  dose_era_id         bigint not null,
  person_id           bigint not null,
  drug_concept_id     integer not null,
  unit_concept_id     integer not null,
  dose_value          numeric not null,
  dose_era_start_date date not null,
  dose_era_end_date   date not null,
  constraint xpk_dose_era primary key (dose_era_id)
);
comment on table dose_era is 'Spans of exposure to an ingredient at a constant daily dose, derived from drug_exposure.';

create table condition_era (
  condition_era_id           bigint not null,
  person_id                  bigint not null,
  condition_concept_id       integer not null,
  condition_era_start_date   date not null,
  condition_era_end_date     date not null,
  condition_occurrence_count integer,
  constraint xpk_condition_era primary key (condition_era_id)
);
comment on table condition_era is 'Spans in which a condition lasted, derived from condition_occurrence.';

create table episode (
  episode_id                bigint not null,
  person_id                 bigint not null,
  episode_concept_id        integer not null,
  episode_start_date        date not null,
  episode_start_datetime    timestamp,
  episode_end_date          date,
  episode_end_datetime      timestamp,
  episode_parent_id         bigint,
  episode_number            integer,
  episode_object_concept_id integer not null,
  episode_type_concept_id   integer not null,
  episode_source_value      varchar(50),
  episode_source_concept_id integer,
  constraint xpk_episode primary key (episode_id)
);
comment on table episode is 'Stretches of care above single events, such as a line of treatment.';

create table episode_event (
  episode_id                     bigint not null,
  event_id                       bigint not null,
  episode_event_field_concept_id integer not null
);
comment on table episode_event is 'The events that make up an episode.';

create table metadata (
  metadata_id              bigint not null,
  metadata_concept_id      integer not null,
  metadata_type_concept_id integer not null,
  name                     varchar(250) not null,
  value_as_string          varchar(250),
  value_as_concept_id      integer,
  value_as_number          numeric,
  metadata_date            date,
  metadata_datetime        timestamp,
  constraint xpk_metadata primary key (metadata_id)
);
comment on table metadata is 'Facts about the data set itself, as names and values.';

create table cdm_source (
  cdm_source_name                varchar(255) not null,
  cdm_source_abbreviation        varchar(25) not null,
  cdm_holder                     varchar(255) not null,
  source_description             text,
  source_documentation_reference varchar(255),
  cdm_etl_reference              varchar(255),
  source_release_date            date not null,
  cdm_release_date               date not null,
  cdm_version                    varchar(10),
  cdm_version_concept_id         integer not null,
  vocabulary_version             varchar(20) not null
);
comment on table cdm_source is 'Where this data set comes from, and which CDM and vocabulary versions it follows.';

create table concept (
  concept_id       integer not null,
  concept_name     varchar(255) not null,
  domain_id        varchar(20) not null,
  vocabulary_id    varchar(20) not null,
  concept_class_id varchar(20) not null,
  standard_concept varchar(1),
  concept_code     varchar(50) not null,
  valid_start_date date not null,
  valid_end_date   date not null,
  invalid_reason   varchar(1),
  constraint xpk_concept primary key (concept_id)
);
comment on table concept is 'Vocabulary: every code and term of every vocabulary. Replaced as a whole by a vocabulary load.';

create table vocabulary (
  vocabulary_id         varchar(20) not null,
  vocabulary_name       varchar(255) not null,
  vocabulary_reference  varchar(255),
  vocabulary_version    varchar(255),
  vocabulary_concept_id integer not null,
  constraint xpk_vocabulary primary key (vocabulary_id)
);
comment on table vocabulary is 'Vocabulary: the vocabularies and their versions; the row None carries the version of the release.';

create table domain (
  domain_id         varchar(20) not null,
  domain_name       varchar(255) not null,
  domain_concept_id integer not null,
  constraint xpk_domain primary key (domain_id)
);
comment on table domain is 'Vocabulary: the domains, which decide the table an event belongs in.';

create table concept_class (
  concept_class_id         varchar(20) not null,
  concept_class_name       varchar(255) not null,
  concept_class_concept_id integer not null,
  constraint xpk_concept_class primary key (concept_class_id)
);
comment on table concept_class is 'Vocabulary: the classes of concepts within a vocabulary.';

create table concept_relationship (
  concept_id_1     integer not null,
  concept_id_2     integer not null,
  relationship_id  varchar(20) not null,
  valid_start_date date not null,
  valid_end_date   date not null,
  invalid_reason   varchar(1)
);
comment on table concept_relationship is 'Vocabulary: relationships between two concepts, "Maps to" among them.';

create table relationship (
  relationship_id         varchar(20) not null,
  relationship_name       varchar(255) not null,
  is_hierarchical         varchar(1) not null,
  defines_ancestry        varchar(1) not null,
  reverse_relationship_id varchar(20) not null,
  relationship_concept_id integer not null,
  constraint xpk_relationship primary key (relationship_id)
);
comment on table relationship is 'Vocabulary: the kinds of relationships.';

create table concept_synonym (
  concept_id           integer not null,
  concept_synonym_name varchar(1000) not null,
  language_concept_id  integer not null
);
comment on table concept_synonym is 'Vocabulary: other names of concepts.';

create table concept_ancestor (
  ancestor_concept_id      integer not null,
  descendant_concept_id    integer not null,
  min_levels_of_separation integer not null,
  max_levels_of_separation integer not null
);
comment on table concept_ancestor is 'Vocabulary: every ancestor and descendant in the hierarchy of Standard concepts.';

create table source_to_concept_map (
  source_code             varchar(50) not null,
  source_concept_id       integer not null,
  source_vocabulary_id    varchar(20) not null,
  source_code_description varchar(255),
  target_concept_id       integer not null,
  target_vocabulary_id    varchar(20) not null,
  valid_start_date        date not null,
  valid_end_date          date not null,
  invalid_reason          varchar(1)
);
comment on table source_to_concept_map is 'Local codes and what they map to. Ours: a vocabulary load leaves it alone.';

create table drug_strength (
  drug_concept_id             integer not null,
  ingredient_concept_id       integer not null,
  amount_value                numeric,
  amount_unit_concept_id      integer,
  numerator_value             numeric,
  numerator_unit_concept_id   integer,
  denominator_value           numeric,
  denominator_unit_concept_id integer,
  box_size                    integer,
  valid_start_date            date not null,
  valid_end_date              date not null,
  invalid_reason              varchar(1)
);
comment on table drug_strength is 'Vocabulary: amount or concentration of each ingredient of a drug.';

create table cohort (
  cohort_definition_id bigint not null,
  subject_id           bigint not null,
  cohort_start_date    date not null,
  cohort_end_date      date not null
);
comment on table cohort is 'Who belongs to a cohort, and from when to when.';

create table cohort_definition (
  cohort_definition_id          bigint not null,
  cohort_definition_name        varchar(255) not null,
  cohort_definition_description text,
  definition_type_concept_id    integer not null,
  cohort_definition_syntax      text,
  subject_concept_id            integer not null,
  cohort_initiation_date        date
);
comment on table cohort_definition is 'How a cohort is defined.';
