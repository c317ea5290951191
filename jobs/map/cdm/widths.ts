/** How long a text each column of the CDM takes. A test compares these with the database's catalogue. */
import type { TableName } from './rows.ts';

/** Maximum characters of the varchar columns; longer text is cut on a character boundary by `cut()`. */
export const WIDTHS: { readonly [T in TableName]: Readonly<Record<string, number>> } = {
  person: {
    person_source_value: 50,
    gender_source_value: 50,
    race_source_value: 50,
    ethnicity_source_value: 50,
  },
  death: { cause_source_value: 50 },
  visit_occurrence: {
    visit_source_value: 50,
    admitted_from_source_value: 50,
    discharged_to_source_value: 50,
  },
  visit_detail: {
    visit_detail_source_value: 50,
    admitted_from_source_value: 50,
    discharged_to_source_value: 50,
  },
  condition_occurrence: { stop_reason: 20, condition_source_value: 50, condition_status_source_value: 50 },
  drug_exposure: {
    stop_reason: 20,
    lot_number: 50,
    drug_source_value: 50,
    route_source_value: 50,
    dose_unit_source_value: 50,
  },
  procedure_occurrence: { procedure_source_value: 50, modifier_source_value: 50 },
  device_exposure: {
    unique_device_id: 255,
    production_id: 255,
    device_source_value: 50,
    unit_source_value: 50,
  },
  measurement: {
    measurement_time: 10,
    measurement_source_value: 50,
    unit_source_value: 50,
    value_source_value: 50,
  },
  observation: {
    value_as_string: 60,
    observation_source_value: 50,
    unit_source_value: 50,
    qualifier_source_value: 50,
    value_source_value: 50,
  },
  note: { note_title: 250, note_source_value: 50 },
  specimen: {
    specimen_source_id: 50,
    specimen_source_value: 50,
    unit_source_value: 50,
    anatomic_site_source_value: 50,
    disease_status_source_value: 50,
  },
  location: {
    address_1: 50,
    address_2: 50,
    city: 50,
    state: 2,
    zip: 9,
    county: 20,
    location_source_value: 50,
    country_source_value: 80,
  },
  care_site: { care_site_name: 255, care_site_source_value: 50, place_of_service_source_value: 50 },
  provider: {
    provider_name: 255,
    npi: 20,
    dea: 20,
    provider_source_value: 50,
    specialty_source_value: 50,
    gender_source_value: 50,
  },
  payer_plan_period: {
    payer_source_value: 50,
    plan_source_value: 50,
    sponsor_source_value: 50,
    family_source_value: 50,
    stop_reason_source_value: 50,
  },
  cost: { cost_domain_id: 20, revenue_code_source_value: 50, drg_source_value: 3 },
};
