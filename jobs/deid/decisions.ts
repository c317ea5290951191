/**
 * What the de-identified copy makes of each column of the CDM. A column that is not named here is not copied, so nothing
 * gets in by being new. sql/deid/README.md says which of HIPAA's identifiers each may hold; a test holds this list against
 * the columns of the database.
 */

import { VOCABULARY_TABLES } from '../../sql/vocabulary-tables.ts';

/** How a column is treated; README and treatments below say what each is. */
export type Treatment =
  | 'keep'
  | 'id'
  | 'date'
  | 'moment'
  | 'time-of-day'
  | 'birth-year'
  | 'state'
  | 'zip3'
  | 'withhold';

/** What each treatment does, for people. */
export const TREATMENTS: Readonly<Record<Treatment, string>> = {
  keep: 'kept as it is',
  id: 'replaced by a keyed one, the same wherever it is named',
  date: "moved by the person's days, not beyond the cut",
  moment: "moved by the person's days, not beyond the cut; the time of day stays",
  'time-of-day': 'kept where it is HH:MM or HH:MM:SS',
  'birth-year': "year of the birth date moved by the person's days; of ages over 89 one that makes 90",
  state: 'kept where it is two letters',
  zip3: 'first three digits in the US, "000" where few people live',
  withhold: 'withheld',
};

type Columns = Readonly<Partial<Record<Treatment, string>>>;

/** Tables with data of persons, or of places and people that care for them. */
export const COPIED: Readonly<Record<string, Columns>> = {
  person: {
    id: 'person_id location_id provider_id care_site_id',
    keep:
      'gender_concept_id race_concept_id ethnicity_concept_id gender_source_concept_id ' +
      'race_source_concept_id ethnicity_source_concept_id',
    'birth-year': 'year_of_birth',
    withhold:
      'month_of_birth day_of_birth birth_datetime person_source_value gender_source_value ' +
      'race_source_value ethnicity_source_value',
  },
  observation_period: {
    id: 'observation_period_id person_id',
    date: 'observation_period_start_date observation_period_end_date',
    keep: 'period_type_concept_id',
  },
  visit_occurrence: {
    id: 'visit_occurrence_id person_id provider_id care_site_id preceding_visit_occurrence_id',
    keep:
      'visit_concept_id visit_type_concept_id visit_source_concept_id admitted_from_concept_id ' +
      'discharged_to_concept_id',
    date: 'visit_start_date visit_end_date',
    moment: 'visit_start_datetime visit_end_datetime',
    withhold: 'visit_source_value admitted_from_source_value discharged_to_source_value',
  },
  visit_detail: {
    id:
      'visit_detail_id person_id provider_id care_site_id preceding_visit_detail_id ' +
      'parent_visit_detail_id visit_occurrence_id',
    keep:
      'visit_detail_concept_id visit_detail_type_concept_id visit_detail_source_concept_id ' +
      'admitted_from_concept_id discharged_to_concept_id',
    date: 'visit_detail_start_date visit_detail_end_date',
    moment: 'visit_detail_start_datetime visit_detail_end_datetime',
    withhold: 'visit_detail_source_value admitted_from_source_value discharged_to_source_value',
  },
  condition_occurrence: {
    id: 'condition_occurrence_id person_id provider_id visit_occurrence_id visit_detail_id',
    keep:
      'condition_concept_id condition_type_concept_id condition_status_concept_id ' +
      'condition_source_concept_id',
    date: 'condition_start_date condition_end_date',
    moment: 'condition_start_datetime condition_end_datetime',
    withhold: 'stop_reason condition_source_value condition_status_source_value',
  },
  drug_exposure: {
    id: 'drug_exposure_id person_id provider_id visit_occurrence_id visit_detail_id',
    keep:
      'drug_concept_id drug_type_concept_id refills quantity days_supply route_concept_id ' +
      'drug_source_concept_id',
    date: 'drug_exposure_start_date drug_exposure_end_date verbatim_end_date',
    moment: 'drug_exposure_start_datetime drug_exposure_end_datetime',
    withhold: 'stop_reason sig lot_number drug_source_value route_source_value dose_unit_source_value',
  },
  procedure_occurrence: {
    id: 'procedure_occurrence_id person_id provider_id visit_occurrence_id visit_detail_id',
    keep:
      'procedure_concept_id procedure_type_concept_id modifier_concept_id quantity ' +
      'procedure_source_concept_id',
    date: 'procedure_date procedure_end_date',
    moment: 'procedure_datetime procedure_end_datetime',
    withhold: 'procedure_source_value modifier_source_value',
  },
  device_exposure: {
    id: 'device_exposure_id person_id provider_id visit_occurrence_id visit_detail_id',
    keep:
      'device_concept_id device_type_concept_id quantity device_source_concept_id unit_concept_id ' +
      'unit_source_concept_id',
    date: 'device_exposure_start_date device_exposure_end_date',
    moment: 'device_exposure_start_datetime device_exposure_end_datetime',
    withhold: 'unique_device_id production_id device_source_value unit_source_value',
  },
  measurement: {
    id: 'measurement_id person_id provider_id visit_occurrence_id visit_detail_id measurement_event_id',
    keep:
      'measurement_concept_id measurement_type_concept_id operator_concept_id value_as_number ' +
      'value_as_concept_id unit_concept_id range_low range_high measurement_source_concept_id ' +
      'unit_source_concept_id meas_event_field_concept_id value_as_source_concept_id',
    date: 'measurement_date',
    moment: 'measurement_datetime',
    'time-of-day': 'measurement_time',
    withhold: 'measurement_source_value unit_source_value value_source_value',
  },
  observation: {
    id: 'observation_id person_id provider_id visit_occurrence_id visit_detail_id observation_event_id',
    keep:
      'observation_concept_id observation_type_concept_id value_as_number value_as_concept_id ' +
      'qualifier_concept_id unit_concept_id observation_source_concept_id obs_event_field_concept_id ' +
      'unit_source_concept_id value_as_source_concept_id',
    date: 'observation_date',
    moment: 'observation_datetime',
    withhold:
      // A date that somebody was asked for is of anything: a birth of a child, a day to come.
      'value_as_string value_as_date observation_source_value unit_source_value qualifier_source_value ' +
      'value_source_value',
  },
  death: {
    id: 'person_id',
    date: 'death_date',
    moment: 'death_datetime',
    keep: 'death_type_concept_id cause_concept_id cause_source_concept_id',
    withhold: 'cause_source_value',
  },
  note: {
    id: 'note_id person_id provider_id visit_occurrence_id visit_detail_id note_event_id',
    date: 'note_date',
    moment: 'note_datetime',
    keep:
      'note_type_concept_id note_class_concept_id encoding_concept_id language_concept_id ' +
      'note_event_field_concept_id',
    withhold: 'note_title note_text note_source_value',
  },
  note_nlp: {
    id: 'note_nlp_id note_id',
    keep: 'section_concept_id note_nlp_concept_id note_nlp_source_concept_id term_exists',
    withhold: 'snippet offset lexical_variant nlp_system term_temporal term_modifiers',
    date: 'nlp_date',
    moment: 'nlp_datetime',
  },
  specimen: {
    id: 'specimen_id person_id visit_occurrence_id visit_detail_id',
    keep:
      'specimen_concept_id specimen_type_concept_id quantity unit_concept_id anatomic_site_concept_id ' +
      'disease_status_concept_id',
    date: 'specimen_date',
    moment: 'specimen_datetime',
    withhold:
      'specimen_source_id specimen_source_value unit_source_value anatomic_site_source_value ' +
      'disease_status_source_value',
  },
  fact_relationship: {
    keep: 'domain_concept_id_1 domain_concept_id_2 relationship_concept_id',
    id: 'fact_id_1 fact_id_2',
  },
  location: {
    id: 'location_id',
    withhold: 'address_1 address_2 city county location_source_value country_source_value latitude longitude',
    state: 'state',
    zip3: 'zip',
    keep: 'country_concept_id',
  },
  care_site: {
    id: 'care_site_id location_id',
    withhold: 'care_site_name care_site_source_value place_of_service_source_value',
    keep: 'place_of_service_concept_id',
  },
  provider: {
    id: 'provider_id care_site_id',
    withhold:
      'provider_name npi dea year_of_birth provider_source_value specialty_source_value ' +
      'gender_source_value',
    keep: 'specialty_concept_id gender_concept_id specialty_source_concept_id gender_source_concept_id',
  },
  payer_plan_period: {
    id: 'payer_plan_period_id person_id',
    date: 'payer_plan_period_start_date payer_plan_period_end_date',
    keep:
      'payer_concept_id payer_source_concept_id plan_concept_id plan_source_concept_id ' +
      'sponsor_concept_id sponsor_source_concept_id stop_reason_concept_id ' +
      'stop_reason_source_concept_id',
    withhold:
      'payer_source_value plan_source_value sponsor_source_value family_source_value ' +
      'stop_reason_source_value',
  },
  cost: {
    id: 'cost_id cost_event_id payer_plan_period_id',
    keep:
      'cost_domain_id cost_type_concept_id currency_concept_id total_charge total_cost total_paid ' +
      'paid_by_payer paid_by_patient paid_patient_copay paid_patient_coinsurance ' +
      'paid_patient_deductible paid_by_primary paid_ingredient_cost paid_dispensing_fee amount_allowed ' +
      'revenue_code_concept_id drg_concept_id',
    withhold: 'revenue_code_source_value drg_source_value',
  },
  drug_era: {
    id: 'drug_era_id person_id',
    keep: 'drug_concept_id drug_exposure_count gap_days',
    date: 'drug_era_start_date drug_era_end_date',
  },
  dose_era: {
    id: 'dose_era_id person_id',
    keep: 'drug_concept_id unit_concept_id dose_value',
    date: 'dose_era_start_date dose_era_end_date',
  },
  condition_era: {
    id: 'condition_era_id person_id',
    keep: 'condition_concept_id condition_occurrence_count',
    date: 'condition_era_start_date condition_era_end_date',
  },
  episode: {
    id: 'episode_id person_id episode_parent_id',
    keep:
      'episode_concept_id episode_number episode_object_concept_id episode_type_concept_id ' +
      'episode_source_concept_id',
    date: 'episode_start_date episode_end_date',
    moment: 'episode_start_datetime episode_end_datetime',
    withhold: 'episode_source_value',
  },
  episode_event: {
    id: 'episode_id event_id',
    keep: 'episode_event_field_concept_id',
  },
};

/** Tables as they are: the vocabulary, and where the data set comes from. */
export const AS_THEY_ARE: readonly string[] = [...VOCABULARY_TABLES, 'cdm_source'];

/** Tables that are left out, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  source_to_concept_map: "the EHR's own codes and words, of no use without source values",
  cohort: 'cohorts are made of the copy; those of the CDM may have other subjects than persons',
  cohort_definition: 'goes with cohort, and holds text',
  metadata: 'names and values of any kind',
};

/** The treatment of each column of a table, in no particular order. */
export function treatmentsOf(table: string): ReadonlyMap<string, Treatment> {
  const treatments = new Map<string, Treatment>();
  for (const treatment of ALL) {
    for (const column of COPIED[table]?.[treatment]?.split(' ') ?? []) treatments.set(column, treatment);
  }
  return treatments;
}

/** The columns that say from when to when a row's event lasted: start comes first in the list above. */
export function datesOf(table: string): {
  readonly start: string | undefined;
  readonly ends: readonly string[];
} {
  const [start, ...ends] = COPIED[table]?.date?.split(' ') ?? [];
  return { start, ends };
}

const ALL: readonly Treatment[] = [
  ...(['keep', 'id', 'date', 'moment', 'time-of-day', 'birth-year', 'state', 'zip3', 'withhold'] as const),
];
