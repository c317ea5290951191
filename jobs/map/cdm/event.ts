/**
 * A clinical event before it has a table. Mappers of clinical types fill one of these; project.ts writes it into the
 * table that the Standard concept's domain names, with all columns projected anew (f2o-037). A "procedure" that is a
 * measurement keeps its date, provider, visit and quantity. An "observation" that is a condition keeps its start and
 * end.
 */

import type { Chosen, Concept } from '../read/coding.ts';
import type { Moment } from './dates.ts';
import type { Link } from './link.ts';

export type EventTable =
  | 'condition_occurrence'
  | 'drug_exposure'
  | 'procedure_occurrence'
  | 'device_exposure'
  | 'measurement'
  | 'observation'
  | 'specimen';

export interface Value {
  readonly number?: number | undefined;
  /** A number below zero of what cannot be: no value_as_number in measurement (below-zero.ts). */
  readonly impossible?: boolean | undefined;
  readonly operatorConceptId?: number | undefined;
  /** Number and operator in one, for the table that has no operator. */
  readonly printed?: string | undefined;
  readonly string?: string | undefined;
  readonly conceptId?: number | undefined;
  readonly sourceValue?: string | undefined;
  /** Concept of the coded answer as it was sent. */
  readonly sourceConceptId?: number | undefined;
  /** YYYY-MM-DD, of an answer that is a whole date. */
  readonly date?: string | undefined;
  readonly unit?: Concept | undefined;
  /** The answer denies what is asked or does not assert it: it must not become something that the person has or had. */
  readonly assertsNothing?: boolean | undefined;
}

export interface Drug {
  /** Required by the CDM; inferred by Themis' rules where the source has no end. */
  readonly endDate: string;
  readonly endDatetime?: string | undefined;
  readonly verbatimEndDate?: string | undefined;
  readonly refills?: number | undefined;
  readonly daysSupply?: number | undefined;
  readonly sig?: string | undefined;
  readonly route?: Concept | undefined;
  readonly lotNumber?: string | undefined;
  readonly doseUnit?: string | undefined;
}

export interface ClinicalEvent {
  readonly person: Link;
  readonly visit?: Link | undefined;
  readonly provider?: Link | undefined;
  readonly start: Moment;
  readonly end?: Moment | undefined;
  readonly typeConceptId: number;
  /** Undefined only where something else will tell what it is, e.g. a Medication that has not arrived. */
  readonly code: Chosen | undefined;
  /** The table that it goes to while its code has no Standard concept. */
  readonly fallback: EventTable;
  /** Where it goes whatever the domain; only for a decision that the mapper's header names. */
  readonly always?: EventTable | undefined;
  readonly status?: { readonly conceptId: number; readonly sourceValue: string | undefined } | undefined;
  readonly stopReason?: string | undefined;
  readonly value?: Value | undefined;
  readonly rangeLow?: number | undefined;
  readonly rangeHigh?: number | undefined;
  readonly qualifier?: Concept | undefined;
  readonly quantity?: number | undefined;
  readonly drug?: Drug | undefined;
  readonly uniqueDeviceId?: string | undefined;
  readonly productionId?: string | undefined;
  readonly anatomicSite?: Concept | undefined;
  readonly specimenId?: string | undefined;
  /** The row that this one belongs to, e.g. an allergy's reactions. */
  readonly about?: { readonly row: number; readonly table: EventTable } | undefined;
}
