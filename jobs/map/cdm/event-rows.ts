/**
 * One builder for each table that an event can go to: which of its parts the table's columns take. What a table has
 * no column for is lost there (README, "What is lost").
 *
 * *_datetime is filled with midnight where the CDM says so, and left NULL where it does not (procedure, specimen).
 */

import type { Row } from '../types.ts';
import { FIELD } from './concepts.ts';
import { orMidnight } from './dates.ts';
import type { ClinicalEvent, EventTable, Value } from './event.ts';

export function eventRow(table: EventTable, event: ClinicalEvent, conceptId: number): Row {
  return BUILDERS[table](event, conceptId);
}

const BUILDERS: { readonly [T in EventTable]: (event: ClinicalEvent, conceptId: number) => Row } = {
  condition_occurrence: (event, conceptId) => ({
    table: 'condition_occurrence',
    values: {
      person_id: event.person,
      condition_concept_id: conceptId,
      condition_start_date: event.start.date,
      condition_start_datetime: orMidnight(event.start),
      condition_end_date: event.end?.date,
      condition_end_datetime: event.end && orMidnight(event.end),
      condition_type_concept_id: event.typeConceptId,
      condition_status_concept_id: event.status?.conceptId,
      stop_reason: event.stopReason,
      provider_id: event.provider,
      visit_occurrence_id: event.visit,
      condition_source_value: event.code?.sourceValue,
      condition_source_concept_id: event.code?.sourceConceptId,
      condition_status_source_value: event.status?.sourceValue,
    },
  }),

  drug_exposure: (event, conceptId) => ({
    table: 'drug_exposure',
    values: {
      person_id: event.person,
      drug_concept_id: conceptId,
      drug_exposure_start_date: event.start.date,
      drug_exposure_start_datetime: orMidnight(event.start),
      // A drug that another kind of resource records (a vaccination as a procedure) is an administration:
      // it ends when it starts (Themis, Drug exposure end date).
      drug_exposure_end_date: event.drug?.endDate ?? event.end?.date ?? event.start.date,
      drug_exposure_end_datetime: event.drug
        ? event.drug.endDatetime
        : event.end
          ? orMidnight(event.end)
          : orMidnight(event.start),
      verbatim_end_date: event.drug ? event.drug.verbatimEndDate : event.end?.date,
      drug_type_concept_id: event.typeConceptId,
      stop_reason: event.stopReason,
      refills: event.drug?.refills,
      quantity: event.quantity,
      days_supply: event.drug?.daysSupply,
      sig: event.drug?.sig,
      route_concept_id: event.drug?.route?.conceptId,
      lot_number: event.drug?.lotNumber,
      provider_id: event.provider,
      visit_occurrence_id: event.visit,
      drug_source_value: event.code?.sourceValue,
      drug_source_concept_id: event.code?.sourceConceptId,
      route_source_value: event.drug?.route?.sourceValue,
      dose_unit_source_value: event.drug?.doseUnit,
    },
  }),

  procedure_occurrence: (event, conceptId) => ({
    table: 'procedure_occurrence',
    values: {
      person_id: event.person,
      procedure_concept_id: conceptId,
      procedure_date: event.start.date,
      procedure_datetime: event.start.datetime,
      procedure_end_date: event.end?.date,
      procedure_end_datetime: event.end?.datetime,
      procedure_type_concept_id: event.typeConceptId,
      quantity: wholeQuantity(event),
      provider_id: event.provider,
      visit_occurrence_id: event.visit,
      procedure_source_value: event.code?.sourceValue,
      procedure_source_concept_id: event.code?.sourceConceptId,
    },
  }),

  device_exposure: (event, conceptId) => ({
    table: 'device_exposure',
    values: {
      person_id: event.person,
      device_concept_id: conceptId,
      device_exposure_start_date: event.start.date,
      device_exposure_start_datetime: orMidnight(event.start),
      device_exposure_end_date: event.drug?.verbatimEndDate ?? event.end?.date,
      device_exposure_end_datetime: event.end && orMidnight(event.end),
      device_type_concept_id: event.typeConceptId,
      unique_device_id: event.uniqueDeviceId,
      production_id: event.productionId ?? event.drug?.lotNumber,
      // "If there is a record of device exposure in the source but no quantity value, then set to 1" (CDM).
      quantity: wholeQuantity(event) ?? 1,
      provider_id: event.provider,
      visit_occurrence_id: event.visit,
      device_source_value: event.code?.sourceValue,
      device_source_concept_id: event.code?.sourceConceptId,
    },
  }),

  measurement: (event, conceptId) => ({
    table: 'measurement',
    values: {
      person_id: event.person,
      measurement_concept_id: conceptId,
      measurement_date: event.start.date,
      measurement_datetime: orMidnight(event.start),
      // For tools of older CDMs ("present for backwards compatibility", CDM).
      measurement_time: orMidnight(event.start).slice('YYYY-MM-DD '.length, 'YYYY-MM-DD HH:MM:SS'.length),
      measurement_type_concept_id: event.typeConceptId,
      operator_concept_id: event.value?.operatorConceptId,
      value_as_number: event.value?.impossible ? undefined : event.value?.number,
      value_as_concept_id: event.value?.conceptId,
      unit_concept_id: event.value?.unit?.conceptId,
      range_low: event.rangeLow,
      range_high: event.rangeHigh,
      provider_id: event.provider,
      visit_occurrence_id: event.visit,
      measurement_source_value: event.code?.sourceValue,
      measurement_source_concept_id: event.code?.sourceConceptId,
      unit_source_value: event.value?.unit?.sourceValue,
      unit_source_concept_id: event.value?.unit?.sourceConceptId,
      value_source_value: event.value?.sourceValue ?? event.value?.string ?? impossibleNumber(event.value),
      value_as_source_concept_id: event.value?.sourceConceptId,
    },
  }),

  observation: (event, conceptId) => ({
    table: 'observation',
    values: {
      person_id: event.person,
      observation_concept_id: conceptId,
      observation_date: event.start.date,
      observation_datetime: orMidnight(event.start),
      observation_type_concept_id: event.typeConceptId,
      value_as_number: event.value?.printed === undefined ? event.value?.number : undefined,
      value_as_string: event.value?.string ?? event.value?.printed,
      value_as_concept_id: event.value?.conceptId,
      qualifier_concept_id: event.qualifier?.conceptId,
      unit_concept_id: event.value?.unit?.conceptId,
      provider_id: event.provider,
      visit_occurrence_id: event.visit,
      observation_source_value: event.code?.sourceValue,
      observation_source_concept_id: event.code?.sourceConceptId,
      unit_source_value: event.value?.unit?.sourceValue,
      qualifier_source_value: event.qualifier?.sourceValue,
      value_source_value: event.value?.sourceValue ?? event.value?.string ?? event.value?.printed,
      observation_event_id: event.about && { row: event.about.row },
      obs_event_field_concept_id: event.about && FIELD[event.about.table].id,
      value_as_date: event.value?.date,
      unit_source_concept_id: event.value?.unit?.sourceConceptId,
      value_as_source_concept_id: event.value?.sourceConceptId,
    },
  }),

  specimen: (event, conceptId) => ({
    table: 'specimen',
    values: {
      person_id: event.person,
      specimen_concept_id: conceptId,
      specimen_type_concept_id: event.typeConceptId,
      specimen_date: event.start.date,
      specimen_datetime: event.start.datetime,
      quantity: event.quantity ?? event.value?.number,
      unit_concept_id: event.value?.unit?.conceptId,
      anatomic_site_concept_id: event.anatomicSite?.conceptId,
      specimen_source_id: event.specimenId,
      specimen_source_value: event.code?.sourceValue,
      unit_source_value: event.value?.unit?.sourceValue,
      anatomic_site_source_value: event.anatomicSite?.sourceValue,
      visit_occurrence_id: event.visit,
    },
  }),
};

function impossibleNumber(value: Value | undefined): string | undefined {
  return value?.impossible ? (value.printed ?? String(value.number)) : undefined;
}

/** procedure_occurrence.quantity and device_exposure.quantity are integers. */
function wholeQuantity(event: ClinicalEvent): number | undefined {
  const { quantity } = event;
  if (quantity === undefined || quantity <= 0 || quantity > 2_147_483_647) return undefined;
  return Math.max(1, Math.round(quantity));
}
