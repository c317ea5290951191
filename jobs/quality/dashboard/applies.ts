/**
 * What is checked where, as far as the specification's fields do not say it by themselves, and from how many percent on a
 * check fails. The thresholds are those that the Data Quality Dashboard ships; a site sets its own in `dqd_threshold`.
 */

type ByField = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Persons without a row in these tables, in percent: not every person was in hospital. */
export const PERSONS_WITHOUT: Readonly<Record<string, number>> = {
  observation_period: 0,
  visit_occurrence: 95,
  visit_detail: 100,
  condition_occurrence: 95,
  drug_exposure: 95,
  procedure_occurrence: 95,
  device_exposure: 100,
  measurement: 95,
  observation: 95,
  death: 100,
  note: 100,
  specimen: 100,
  payer_plan_period: 100,
  drug_era: 95,
  dose_era: 100,
  condition_era: 95,
};

/** Fields whose concepts must be Standard and valid; where a number is given, how many percent may be unmapped. */
export const STANDARD: Readonly<Record<string, Readonly<Record<string, number | undefined>>>> = {
  care_site: { place_of_service_concept_id: 100 },
  cdm_source: { cdm_version_concept_id: undefined },
  cohort_definition: { definition_type_concept_id: undefined, subject_concept_id: undefined },
  condition_era: { condition_concept_id: 0 },
  condition_occurrence: {
    condition_concept_id: 5,
    condition_status_concept_id: 5,
    condition_type_concept_id: 0,
  },
  cost: { cost_type_concept_id: 0 },
  death: { cause_concept_id: 5, death_type_concept_id: 0 },
  device_exposure: { device_concept_id: 5, device_type_concept_id: 0, unit_concept_id: 5 },
  dose_era: { drug_concept_id: 0, unit_concept_id: 0 },
  drug_era: { drug_concept_id: 0 },
  drug_exposure: { drug_concept_id: 5, drug_type_concept_id: 0, route_concept_id: 100 },
  episode: { episode_concept_id: 5, episode_type_concept_id: undefined },
  episode_event: { episode_event_field_concept_id: undefined },
  location: { country_concept_id: 100 },
  measurement: {
    measurement_concept_id: 5,
    measurement_type_concept_id: 0,
    operator_concept_id: undefined,
    unit_concept_id: 5,
    meas_event_field_concept_id: undefined,
  },
  note: {
    note_type_concept_id: undefined,
    note_class_concept_id: undefined,
    encoding_concept_id: undefined,
    language_concept_id: undefined,
    note_event_field_concept_id: undefined,
  },
  note_nlp: { section_concept_id: undefined, note_nlp_concept_id: undefined },
  observation: {
    observation_concept_id: 5,
    observation_type_concept_id: 0,
    qualifier_concept_id: undefined,
    unit_concept_id: 5,
    obs_event_field_concept_id: undefined,
  },
  observation_period: { period_type_concept_id: 0 },
  person: { gender_concept_id: 5, race_concept_id: 100, ethnicity_concept_id: 100 },
  procedure_occurrence: {
    procedure_concept_id: 5,
    procedure_type_concept_id: 0,
    modifier_concept_id: 100,
  },
  provider: { specialty_concept_id: 100, gender_concept_id: 100 },
  source_to_concept_map: { target_concept_id: undefined },
  specimen: {
    specimen_concept_id: 5,
    specimen_type_concept_id: 0,
    unit_concept_id: 5,
    anatomic_site_concept_id: undefined,
    disease_status_concept_id: undefined,
  },
  visit_detail: {
    visit_detail_concept_id: 0,
    visit_detail_type_concept_id: 0,
    admitted_from_concept_id: 5,
    discharged_to_concept_id: 5,
  },
  visit_occurrence: {
    visit_concept_id: 0,
    visit_type_concept_id: 0,
    admitted_from_concept_id: 5,
    discharged_to_concept_id: 5,
  },
};

/** Not asked to be Standard, but to be there. */
export const PRESENT: ByField = {
  fact_relationship: { domain_concept_id_1: 100, domain_concept_id_2: 100, relationship_concept_id: 100 },
};

/** Source concepts that may be 0, in percent. */
export const SOURCE_CONCEPTS: ByField = {
  condition_occurrence: { condition_source_concept_id: 10 },
  death: { cause_source_concept_id: 10 },
  device_exposure: { device_source_concept_id: 10, unit_source_concept_id: 100 },
  drug_exposure: { drug_source_concept_id: 10 },
  episode: { episode_source_concept_id: 100 },
  measurement: { measurement_source_concept_id: 10, unit_source_concept_id: 100 },
  observation: { observation_source_concept_id: 10 },
  procedure_occurrence: { procedure_source_concept_id: 10 },
  provider: { specialty_source_concept_id: 100 },
  visit_detail: { visit_detail_source_concept_id: 100 },
  visit_occurrence: { visit_source_concept_id: 100 },
};

/** Source values of which so many percent, each counted once, may be unmapped. */
export const SOURCE_VALUES: ByField = {
  condition_occurrence: { condition_source_value: 10, condition_status_source_value: 100 },
  death: { cause_source_value: 10 },
  device_exposure: { device_source_value: 100, unit_source_value: 100 },
  drug_exposure: { drug_source_value: 10, route_source_value: 100 },
  measurement: { measurement_source_value: 10, unit_source_value: 100 },
  observation: { observation_source_value: 100, qualifier_source_value: 100, unit_source_value: 100 },
  payer_plan_period: {
    payer_source_value: 100,
    plan_source_value: 100,
    sponsor_source_value: 100,
    stop_reason_source_value: 100,
  },
  person: { gender_source_value: 100, race_source_value: 100, ethnicity_source_value: 100 },
  procedure_occurrence: { procedure_source_value: 10, modifier_source_value: 100 },
  provider: { specialty_source_value: 100, gender_source_value: 100 },
  specimen: {
    specimen_source_value: 100,
    unit_source_value: 100,
    anatomic_site_source_value: 100,
    disease_status_source_value: 100,
  },
  visit_detail: { admitted_from_source_value: 100, discharged_to_source_value: 100 },
  visit_occurrence: {
    visit_source_value: 10,
    admitted_from_source_value: 100,
    discharged_to_source_value: 100,
  },
};

/** The domain that the concepts of a field must be of. Types of records are added by name (checks.ts). */
export const DOMAINS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  cdm_source: { cdm_version_concept_id: 'Metadata' },
  condition_era: { condition_concept_id: 'Condition' },
  condition_occurrence: {
    condition_concept_id: 'Condition',
    condition_status_concept_id: 'Condition Status',
  },
  device_exposure: { device_concept_id: 'Device', unit_concept_id: 'Unit' },
  dose_era: { drug_concept_id: 'Drug', unit_concept_id: 'Unit' },
  drug_era: { drug_concept_id: 'Drug' },
  drug_exposure: { drug_concept_id: 'Drug', route_concept_id: 'Route' },
  drug_strength: { drug_concept_id: 'Drug' },
  episode: { episode_concept_id: 'Episode' },
  episode_event: { episode_event_field_concept_id: 'Metadata' },
  location: { country_concept_id: 'Geography' },
  measurement: {
    measurement_concept_id: 'Measurement',
    operator_concept_id: 'Meas Value Operator',
    unit_concept_id: 'Unit',
  },
  observation: { unit_concept_id: 'Unit' },
  person: { gender_concept_id: 'Gender', race_concept_id: 'Race', ethnicity_concept_id: 'Ethnicity' },
  procedure_occurrence: { procedure_concept_id: 'Procedure' },
  provider: { gender_concept_id: 'Gender' },
  visit_detail: {
    visit_detail_concept_id: 'Visit',
    admitted_from_concept_id: 'Visit',
    discharged_to_concept_id: 'Visit',
  },
  visit_occurrence: {
    visit_concept_id: 'Visit',
    admitted_from_concept_id: 'Visit',
    discharged_to_concept_id: 'Visit',
  },
};

export const CLASSES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dose_era: { drug_concept_id: 'Ingredient' },
  drug_era: { drug_concept_id: 'Ingredient' },
  drug_strength: { ingredient_concept_id: 'Ingredient' },
};

/** Smallest and greatest plausible number. Of dates see checks.ts. */
export const NUMBERS: Readonly<Record<string, Readonly<Record<string, readonly [number?, number?]>>>> = {
  condition_era: { condition_occurrence_count: [1] },
  device_exposure: { quantity: [1] },
  dose_era: { dose_value: [0] },
  drug_era: { drug_exposure_count: [1], gap_days: [0] },
  drug_exposure: { days_supply: [1, 365], quantity: [0.0000001], refills: [0, 24] },
  person: { day_of_birth: [1, 31], month_of_birth: [1, 12], year_of_birth: [1850] },
  procedure_occurrence: { quantity: [1] },
  specimen: { quantity: [1] },
};

/** Dates that should lie in the row's visit, a week more or less, and how many percent may not. */
export const IN_VISIT: ByField = {
  condition_occurrence: { condition_start_date: 5 },
  device_exposure: { device_exposure_start_date: 5 },
  drug_exposure: { drug_exposure_start_date: 5 },
  measurement: { measurement_date: 5 },
  note: { note_date: 5 },
  observation: { observation_date: 5 },
  procedure_occurrence: { procedure_date: 5 },
  visit_detail: { visit_detail_start_date: 1, visit_detail_end_date: 1 },
};
