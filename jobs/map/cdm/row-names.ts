/** How tables that may name a row of any other table say of which it is. */
import { FIELD } from './concepts.ts';

export interface RowNames {
  /** fact_relationship.domain_concept_id_n */
  readonly domain?: number;
  /** The CDM's field of its ids, by concept. */
  readonly field?: number;
  /** cost.cost_domain_id */
  readonly cost?: string;
}

/** What happened to persons, each after what it refers to. */
export const EVENTS: Readonly<Record<string, RowNames>> = {
  visit_occurrence: { domain: 8, cost: 'Visit' },
  visit_detail: { cost: 'Visit Detail' },
  condition_occurrence: { domain: 19, field: FIELD.condition_occurrence.id, cost: 'Condition' },
  drug_exposure: { domain: 13, field: FIELD.drug_exposure.id, cost: 'Drug' },
  procedure_occurrence: { domain: 10, field: FIELD.procedure_occurrence.id, cost: 'Procedure' },
  device_exposure: { domain: 17, field: FIELD.device_exposure.id, cost: 'Device' },
  measurement: { domain: 21, field: FIELD.measurement.id, cost: 'Measurement' },
  observation: { domain: 27, field: FIELD.observation.id, cost: 'Observation' },
  specimen: { domain: 36, field: FIELD.specimen.id, cost: 'Specimen' },
  note: { domain: 5085, cost: 'Note' },
  episode: { cost: 'Episode' },
  payer_plan_period: {},
};

export const DOMAIN_OF_PERSONS = 56;
