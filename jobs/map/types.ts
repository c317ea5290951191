/**
 * What a mapper gets and gives. Mappers are pure: no clock, no I/O, no randomness; the same resource, answers and
 * settings give the same rows. What a mapper does not know it asks the context for; the context answers at once
 * from what is cached, notes what was missing, and the caller fetches that and maps the resource again.
 */

import type { Identifier, Link, Ref } from './cdm/link.ts';
import type { TableName, Tables } from './cdm/rows.ts';
import type { RuleCode } from './rules.ts';
import type { MappingSettings } from './settings.ts';

/** A FHIR resource as parsed. Nothing in it is trusted: read it through fhir.ts, which never throws. */
export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

/** A Standard concept that a code leads to. */
export interface Target {
  readonly conceptId: number;
  readonly domain: string;
  readonly vocabulary: string;
  readonly conceptClass: string;
}

/** What the vocabulary knows of a code. Everything empty and 0 when it does not know it. */
export interface Resolution {
  /** The code's own concept, Standard or not; 0 when the vocabulary lacks it. */
  readonly sourceConceptId: number;
  /** Domain of the code's own concept; '' when unknown. */
  readonly sourceDomain: string;
  /** Every valid Standard concept: itself, or all targets of its valid `Maps to`, ordered by concept id. */
  readonly targets: readonly Target[];
  /** Targets of its valid `Maps to value`. */
  readonly values: readonly Target[];
}

export type Row = { [T in TableName]: { readonly table: T; readonly values: Tables[T] } }[TableName];

/** A row by the names of its columns, whatever its table: where all rows are treated alike, and links give way to ids. */
export interface DraftRow {
  readonly table: TableName;
  readonly values: Record<string, string | number | Link | undefined>;
}

/** The same row: what is written into the draft is in the row. */
export const draft = (row: Row): DraftRow => row as unknown as DraftRow;

/** A code that found no Standard concept, for the worklist. `system` is 'text' where there was only text, 'none' for a code without a system. */
export interface UnmappedCode {
  readonly system: string;
  readonly code: string;
  readonly display?: string | undefined;
  /** Where in the resource: 'code' makes the resource count as not mapped; others (value, unit, route ...) do not. */
  readonly element: string;
}

/** Code and ingredients of a Medication, kept for the drugs that refer to it. */
export interface MedicationContent {
  readonly code?: unknown;
  readonly ingredients: readonly unknown[];
}

/** What a Device is, kept for the uses and procedures that refer to it: elements type, udiCarrier, lotNumber. */
export type DeviceContent = Readonly<Record<string, unknown>>;

/** What a resource says of others. It is kept beside the rows and applied by the loader, whichever comes first. */
export interface Relations {
  /** Encounter.diagnosis: what a Condition was in the Encounter. */
  readonly diagnoses?: readonly { readonly condition: Ref; readonly statusConceptId: number }[] | undefined;
  /** For fact_relationship: this resource's rows, the relationship, the target's rows; and the way back. */
  readonly links?: readonly Related[] | undefined;
  /** Patients (by id) of whom one stands for the other (Patient.link). */
  readonly merges?: readonly { readonly replaced: string; readonly survivor: string }[] | undefined;
  /** Business identifiers by which others may refer to this; kept as hashes. */
  readonly identifiers?: readonly Identifier[] | undefined;
}

export interface Related {
  readonly target: Ref;
  readonly conceptId: number;
  readonly reverseConceptId: number;
}

export type Outcome =
  | {
      readonly kind: 'rows';
      readonly rows: readonly Row[];
      readonly unmapped: readonly UnmappedCode[];
      /** The Patient whose rows these are. Not known: the resource is parked. Absent for Patient, Practitioner ... */
      readonly person?: Ref | undefined;
      /** Only of a Medication. */
      readonly medication?: MedicationContent | undefined;
      /** Only of a Device. */
      readonly device?: DeviceContent | undefined;
      /** A Medication or Device referred to that has not arrived: the resource is mapped again when it does. */
      readonly awaits?: Ref | undefined;
      readonly relations?: Relations | undefined;
      /** Rules by which a part of the resource was left out (rules.ts, `of: 'part'`). */
      readonly omitted?: readonly RuleCode[] | undefined;
    }
  | { readonly kind: 'excluded'; readonly rule: RuleCode }
  | { readonly kind: 'failed'; readonly reason: Expectation; readonly field: string };

/** What was expected of an element, in words. */
export type Expectation = `Expected ${string}`;

export interface MapContext {
  readonly settings: MappingSettings;
  /** YYYY-MM-DD of the server's transactionTime: until when we know of stays that are not over. */
  readonly extractionDate: string;
  /**
   * Resolves one code of a code system (FHIR URI, `urn:oid:…`). Unknown systems and codes give NOTHING. Words without a
   * code are asked as of the system `text`, a code without a system as of `none`: local maps may hold them.
   */
  resolve(system: string | undefined, code: string): Resolution;
  /** The concept as a Target when the loaded vocabulary has it as Standard, else undefined. */
  standard(conceptId: number): Target | undefined;
  /** The content of a Medication; undefined when it has not arrived. */
  medication(ref: Ref): MedicationContent | undefined;
  /** The content of a Device; undefined when it has not arrived. */
  device(ref: Ref): DeviceContent | undefined;
  /**
   * Is the first concept a descendant of the second (concept_ancestor)? Asked only when two codings of one system are
   * both mapped; where it is missing, the first coding wins.
   */
  readonly descends?: ((conceptId: number, ancestorId: number) => boolean) | undefined;
}

export type Mapper = (resource: Resource, context: MapContext) => Outcome;

export const NOTHING: Resolution = { sourceConceptId: 0, sourceDomain: '', targets: [], values: [] };
