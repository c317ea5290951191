/**
 * One type per CDM table that resources are loaded into: every column of 5.5 but the table's own id, which the loader
 * gives (load/assemble.ts). `undefined` is written as NULL. A test compares these with the database's catalogue.
 * Dates are `YYYY-MM-DD`, timestamps `YYYY-MM-DD HH:MM:SS[.ffffff]` without a zone, numbers are finite.
 */

import type { Link } from './link.ts';

export interface Person {
  gender_concept_id: number;
  year_of_birth: number;
  month_of_birth?: number | undefined;
  day_of_birth?: number | undefined;
  birth_datetime?: string | undefined;
  race_concept_id: number;
  ethnicity_concept_id: number;
  location_id?: Link | undefined;
  provider_id?: Link | undefined;
  care_site_id?: Link | undefined;
  person_source_value?: string | undefined;
  gender_source_value?: string | undefined;
  gender_source_concept_id?: number | undefined;
  race_source_value?: string | undefined;
  race_source_concept_id?: number | undefined;
  ethnicity_source_value?: string | undefined;
  ethnicity_source_concept_id?: number | undefined;
}

export interface Death {
  death_date: string;
  death_datetime?: string | undefined;
  death_type_concept_id?: number | undefined;
  cause_concept_id?: number | undefined;
  cause_source_value?: string | undefined;
  cause_source_concept_id?: number | undefined;
}

export interface VisitOccurrence {
  person_id: Link;
  visit_concept_id: number;
  visit_start_date: string;
  visit_start_datetime?: string | undefined;
  visit_end_date: string;
  visit_end_datetime?: string | undefined;
  visit_type_concept_id: number;
  provider_id?: Link | undefined;
  care_site_id?: Link | undefined;
  visit_source_value?: string | undefined;
  visit_source_concept_id?: number | undefined;
  admitted_from_concept_id?: number | undefined;
  admitted_from_source_value?: string | undefined;
  discharged_to_concept_id?: number | undefined;
  discharged_to_source_value?: string | undefined;
  preceding_visit_occurrence_id?: Link | undefined;
}

export interface VisitDetail {
  person_id: Link;
  visit_detail_concept_id: number;
  visit_detail_start_date: string;
  visit_detail_start_datetime?: string | undefined;
  visit_detail_end_date: string;
  visit_detail_end_datetime?: string | undefined;
  visit_detail_type_concept_id: number;
  provider_id?: Link | undefined;
  care_site_id?: Link | undefined;
  visit_detail_source_value?: string | undefined;
  visit_detail_source_concept_id?: number | undefined;
  admitted_from_concept_id?: number | undefined;
  admitted_from_source_value?: string | undefined;
  discharged_to_source_value?: string | undefined;
  discharged_to_concept_id?: number | undefined;
  preceding_visit_detail_id?: Link | undefined;
  parent_visit_detail_id?: Link | undefined;
  visit_occurrence_id: Link;
}

export interface ConditionOccurrence {
  person_id: Link;
  condition_concept_id: number;
  condition_start_date: string;
  condition_start_datetime?: string | undefined;
  condition_end_date?: string | undefined;
  condition_end_datetime?: string | undefined;
  condition_type_concept_id: number;
  condition_status_concept_id?: number | undefined;
  stop_reason?: string | undefined;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  condition_source_value?: string | undefined;
  condition_source_concept_id?: number | undefined;
  condition_status_source_value?: string | undefined;
}

export interface DrugExposure {
  person_id: Link;
  drug_concept_id: number;
  drug_exposure_start_date: string;
  drug_exposure_start_datetime?: string | undefined;
  drug_exposure_end_date: string;
  drug_exposure_end_datetime?: string | undefined;
  verbatim_end_date?: string | undefined;
  drug_type_concept_id: number;
  stop_reason?: string | undefined;
  refills?: number | undefined;
  quantity?: number | undefined;
  days_supply?: number | undefined;
  sig?: string | undefined;
  route_concept_id?: number | undefined;
  lot_number?: string | undefined;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  drug_source_value?: string | undefined;
  drug_source_concept_id?: number | undefined;
  route_source_value?: string | undefined;
  dose_unit_source_value?: string | undefined;
}

export interface ProcedureOccurrence {
  person_id: Link;
  procedure_concept_id: number;
  procedure_date: string;
  procedure_datetime?: string | undefined;
  procedure_end_date?: string | undefined;
  procedure_end_datetime?: string | undefined;
  procedure_type_concept_id: number;
  modifier_concept_id?: number | undefined;
  quantity?: number | undefined;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  procedure_source_value?: string | undefined;
  procedure_source_concept_id?: number | undefined;
  modifier_source_value?: string | undefined;
}

export interface DeviceExposure {
  person_id: Link;
  device_concept_id: number;
  device_exposure_start_date: string;
  device_exposure_start_datetime?: string | undefined;
  device_exposure_end_date?: string | undefined;
  device_exposure_end_datetime?: string | undefined;
  device_type_concept_id: number;
  unique_device_id?: string | undefined;
  production_id?: string | undefined;
  quantity?: number | undefined;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  device_source_value?: string | undefined;
  device_source_concept_id?: number | undefined;
  unit_concept_id?: number | undefined;
  unit_source_value?: string | undefined;
  unit_source_concept_id?: number | undefined;
}

export interface Measurement {
  person_id: Link;
  measurement_concept_id: number;
  measurement_date: string;
  measurement_datetime?: string | undefined;
  measurement_time?: string | undefined;
  measurement_type_concept_id: number;
  operator_concept_id?: number | undefined;
  value_as_number?: number | undefined;
  value_as_concept_id?: number | undefined;
  unit_concept_id?: number | undefined;
  range_low?: number | undefined;
  range_high?: number | undefined;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  measurement_source_value?: string | undefined;
  measurement_source_concept_id?: number | undefined;
  unit_source_value?: string | undefined;
  unit_source_concept_id?: number | undefined;
  value_source_value?: string | undefined;
  measurement_event_id?: Link | undefined;
  meas_event_field_concept_id?: number | undefined;
  value_as_source_concept_id?: number | undefined;
}

export interface Observation {
  person_id: Link;
  observation_concept_id: number;
  observation_date: string;
  observation_datetime?: string | undefined;
  observation_type_concept_id: number;
  value_as_number?: number | undefined;
  value_as_string?: string | undefined;
  value_as_concept_id?: number | undefined;
  qualifier_concept_id?: number | undefined;
  unit_concept_id?: number | undefined;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  observation_source_value?: string | undefined;
  observation_source_concept_id?: number | undefined;
  unit_source_value?: string | undefined;
  qualifier_source_value?: string | undefined;
  value_source_value?: string | undefined;
  observation_event_id?: Link | undefined;
  obs_event_field_concept_id?: number | undefined;
  value_as_date?: string | undefined;
  unit_source_concept_id?: number | undefined;
  value_as_source_concept_id?: number | undefined;
}

export interface Note {
  person_id: Link;
  note_date: string;
  note_datetime?: string | undefined;
  note_type_concept_id: number;
  note_class_concept_id: number;
  note_title?: string | undefined;
  note_text: string;
  encoding_concept_id: number;
  language_concept_id: number;
  provider_id?: Link | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
  note_source_value?: string | undefined;
  note_event_id?: Link | undefined;
  note_event_field_concept_id?: number | undefined;
}

export interface Specimen {
  person_id: Link;
  specimen_concept_id: number;
  specimen_type_concept_id: number;
  specimen_date: string;
  specimen_datetime?: string | undefined;
  quantity?: number | undefined;
  unit_concept_id?: number | undefined;
  anatomic_site_concept_id?: number | undefined;
  disease_status_concept_id?: number | undefined;
  specimen_source_id?: string | undefined;
  specimen_source_value?: string | undefined;
  unit_source_value?: string | undefined;
  anatomic_site_source_value?: string | undefined;
  disease_status_source_value?: string | undefined;
  visit_occurrence_id?: Link | undefined;
  visit_detail_id?: Link | undefined;
}

export interface Location {
  address_1?: string | undefined;
  address_2?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  zip?: string | undefined;
  county?: string | undefined;
  location_source_value?: string | undefined;
  country_concept_id?: number | undefined;
  country_source_value?: string | undefined;
  latitude?: number | undefined;
  longitude?: number | undefined;
}

export interface CareSite {
  care_site_name?: string | undefined;
  place_of_service_concept_id?: number | undefined;
  location_id?: Link | undefined;
  care_site_source_value?: string | undefined;
  place_of_service_source_value?: string | undefined;
}

export interface Provider {
  provider_name?: string | undefined;
  npi?: string | undefined;
  dea?: string | undefined;
  specialty_concept_id?: number | undefined;
  care_site_id?: Link | undefined;
  year_of_birth?: number | undefined;
  gender_concept_id?: number | undefined;
  provider_source_value?: string | undefined;
  specialty_source_value?: string | undefined;
  specialty_source_concept_id?: number | undefined;
  gender_source_value?: string | undefined;
  gender_source_concept_id?: number | undefined;
}

export interface PayerPlanPeriod {
  person_id: Link;
  payer_plan_period_start_date: string;
  payer_plan_period_end_date: string;
  payer_concept_id?: number | undefined;
  payer_source_value?: string | undefined;
  payer_source_concept_id?: number | undefined;
  plan_concept_id?: number | undefined;
  plan_source_value?: string | undefined;
  plan_source_concept_id?: number | undefined;
  sponsor_concept_id?: number | undefined;
  sponsor_source_value?: string | undefined;
  sponsor_source_concept_id?: number | undefined;
  family_source_value?: string | undefined;
  stop_reason_concept_id?: number | undefined;
  stop_reason_source_value?: string | undefined;
  stop_reason_source_concept_id?: number | undefined;
}

export interface Cost {
  cost_event_id: Link;
  cost_domain_id: string;
  cost_type_concept_id: number;
  currency_concept_id?: number | undefined;
  total_charge?: number | undefined;
  total_cost?: number | undefined;
  total_paid?: number | undefined;
  paid_by_payer?: number | undefined;
  paid_by_patient?: number | undefined;
  paid_patient_copay?: number | undefined;
  paid_patient_coinsurance?: number | undefined;
  paid_patient_deductible?: number | undefined;
  paid_by_primary?: number | undefined;
  paid_ingredient_cost?: number | undefined;
  paid_dispensing_fee?: number | undefined;
  payer_plan_period_id?: Link | undefined;
  amount_allowed?: number | undefined;
  revenue_code_concept_id?: number | undefined;
  revenue_code_source_value?: string | undefined;
  drg_concept_id?: number | undefined;
  drg_source_value?: string | undefined;
}

/** Table name → the columns a mapper fills. */
export interface Tables {
  person: Person;
  death: Death;
  visit_occurrence: VisitOccurrence;
  visit_detail: VisitDetail;
  condition_occurrence: ConditionOccurrence;
  drug_exposure: DrugExposure;
  procedure_occurrence: ProcedureOccurrence;
  device_exposure: DeviceExposure;
  measurement: Measurement;
  observation: Observation;
  note: Note;
  specimen: Specimen;
  location: Location;
  care_site: CareSite;
  provider: Provider;
  payer_plan_period: PayerPlanPeriod;
  cost: Cost;
}
export type TableName = keyof Tables;
