/**
 * What a mapper gets and gives. Mappers are pure: no clock, no I/O, no randomness; the same resource, answers and
 * settings give the same rows. What a mapper does not know it asks the context for; the context answers at once
 * from what is cached, notes what was missing, and the caller fetches that and maps the resource again.
 */

import type { CdmVersion } from '../../sql/cdm-version.ts';
import type { Moment } from './cdm/dates.ts';
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

/**
 * Code and ingredients of a Medication or Substance, kept for the drugs that refer to it. An ingredient has
 * itemCodeableConcept, itemReference, or (of a contained one) `item`, a content itself.
 */
export interface MedicationContent {
  readonly code?: unknown;
  readonly ingredients: readonly unknown[];
}

/** The answer of an Observation whose row is in a table that has no column for it. */
export interface UnkeptAnswer {
  readonly table: TableName;
  readonly conceptId: number | undefined;
  readonly asSent: string | undefined;
}

/** What a Device is, kept for the uses and procedures that refer to it: elements type, udiCarrier, lotNumber. */
export type DeviceContent = Readonly<Record<string, unknown>>;

/** What an Organization is called, for the covers that it pays. */
export interface OrganizationContent {
  readonly name: string | undefined;
}

/** The words of an attachment, for the documents that name it by URL; none where it has none, or they cannot be read. */
export interface AttachmentContent {
  readonly text?: string | undefined;
  readonly unreadable?: boolean;
}

/** When the visit of an Encounter begins, for the events that it dates; undefined where it rightly gives no visit. */
export interface EncounterContent {
  readonly start: Moment | undefined;
}

/** First and last day of a person, YYYY-MM-DD, for the events that are held against them. */
export interface PersonContent {
  readonly born: string | undefined;
  readonly died: string | undefined;
}

/** What a resource says of others. It is kept beside the rows and applied by the loader, whichever comes first. */
export interface Relations {
  /** Encounter.diagnosis: what a Condition was in the Encounter. */
  readonly diagnoses?: readonly DiagnosisRole[] | undefined;
  /** For fact_relationship: this resource's rows, the relationship, the target's rows; and the way back. */
  readonly links?: readonly Related[] | undefined;
  /** Patients (by id) of whom one stands for the other (Patient.link). */
  readonly merges?: readonly { readonly replaced: string; readonly survivor: string }[] | undefined;
  /** The Specimen that it was made on. Of an Observation, with CDM 5.5 only. */
  readonly specimens?: readonly { readonly specimen: Ref }[] | undefined;
  /** Whose a PractitionerRole is, and the end of its period. */
  readonly role?: { readonly practitioner: Ref; readonly until: string | undefined } | undefined;
  /** Business identifiers by which others may refer to this; kept as hashes. */
  readonly identifiers?: readonly Identifier[] | undefined;
}

export interface DiagnosisRole {
  readonly condition: Ref;
  readonly statusConceptId: number;
  /** The code or rank that the status comes from. */
  readonly sourceValue: string;
}

export interface Related {
  readonly target: Ref;
  readonly conceptId: number;
  readonly reverseConceptId: number;
}

/** A time in UTC, or by a wall clock with its offset from UTC. */
export type Clock = 'utc' | 'offset';

export type Outcome =
  | {
      readonly kind: 'rows';
      readonly rows: readonly Row[];
      readonly unmapped: readonly UnmappedCode[];
      /** The Patient whose rows these are. Not known: the resource is parked. Absent for Patient, Practitioner ... */
      readonly person?: Ref | undefined;
      /** Only of a Medication. */
      readonly medication?: MedicationContent | undefined;
      /** Only of a Substance. */
      readonly substance?: MedicationContent | undefined;
      /** Only of a Device. */
      readonly device?: DeviceContent | undefined;
      /** Only of a Binary. */
      readonly attachment?: AttachmentContent | undefined;
      /**
       * A Medication, Substance, Device, Organization or attachment that has not arrived: mapped again when it does. What
       * has no rows without it is parked.
       */
      readonly awaits?: Ref | undefined;
      readonly relations?: Relations | undefined;
      readonly unkept?: readonly UnkeptAnswer[] | undefined;
      /** Rules by which a part of the resource was left out (rules.ts, `of: 'part'`). */
      readonly omitted?: readonly RuleCode[] | undefined;
      /** Where times keep the clock that they were sent in: which that is. */
      readonly clocks?: readonly Clock[] | undefined;
    }
  /** Nothing to be written before the Encounter is known that tells when it happened, or before its day comes (type DAY). */
  | { readonly kind: 'waits'; readonly awaits: Ref }
  | { readonly kind: 'excluded'; readonly rule: RuleCode }
  | { readonly kind: 'failed'; readonly reason: Expectation; readonly field: string };

/** What was expected of an element, in words. */
export type Expectation = `Expected ${string}`;

export interface MapContext {
  readonly settings: MappingSettings;
  /** Rows have the columns of this version of the CDM. */
  readonly cdm: CdmVersion;
  /** YYYY-MM-DD of the server's transactionTime: until when we know of stays that are not over. */
  readonly extractionDate: string;
  /**
   * Resolves one code of a code system (FHIR URI, `urn:oid:…`). Unknown systems and codes give NOTHING. Words without a
   * code are asked as of the system `text`, a code without a system as of `none`: local maps may hold them.
   */
  resolve(system: string | undefined, code: string): Resolution;
  /** The concept as a Target when the loaded vocabulary has it as Standard, else undefined. */
  standard(conceptId: number): Target | undefined;
  /** The content of a Medication or Substance; undefined when it has not arrived. */
  medication(ref: Ref): MedicationContent | undefined;
  /** The name of an Organization, if it has one; undefined when it has not arrived. */
  organization(ref: Ref): OrganizationContent | undefined;
  /** The content of a Device; undefined when it has not arrived. */
  device(ref: Ref): DeviceContent | undefined;
  /** The words of an attachment by URL; undefined when it has not arrived. */
  attachment(ref: Ref): AttachmentContent | undefined;
  /** The life of a Patient; undefined when it has not arrived. */
  person(ref: Ref): PersonContent | undefined;
  /** The start of an Encounter's visit; undefined when it has not arrived. */
  encounter(ref: Ref): EncounterContent | undefined;
  /**
   * Is the first concept a descendant of the second (concept_ancestor)? Asked only when two codings of one system are
   * both mapped; where it is missing, the first coding wins.
   */
  readonly descends?: ((conceptId: number, ancestorId: number) => boolean) | undefined;
}

export type Mapper = (resource: Resource, context: MapContext) => Outcome;

/** The id of what waits for a day of the calendar. */
export const DAY = 'Day';

export const NOTHING: Resolution = { sourceConceptId: 0, sourceDomain: '', targets: [], values: [] };
