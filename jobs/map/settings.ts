/**
 * The switches of `sync_config.mapping`: one for each point on which the authorities disagree
 * (README.md, "Mapping decisions"). Plain types here; sync-config.ts checks what people send.
 */
export type Vendor = 'epic' | 'cerner' | 'other';

export interface MappingSettings {
  /** Base of the FHIR server, so that absolute references under it are recognised. '' when there is none. */
  readonly fhirBaseUrl: string;
  /** Vendor preset to apply (vendor-presets.ts). */
  readonly vendor: Vendor;
  /** person_source_value from the first fit identifier (or the preferred system), or the resource's id. */
  readonly personSourceValue: 'identifier' | 'resource-id';
  /** Identifier system preferred for person_source_value. */
  readonly personIdentifierSystem?: string | undefined;
  /** Beginning of the systems that are preferred, where none is named or has a value. */
  readonly personIdentifierPrefix?: string | undefined;
  /** How much of a home address the location row holds. */
  readonly address: 'state' | 'zip3' | 'full';
  /** Where provisional and differential conditions go: condition_occurrence with 32899, or observation (the guide). */
  readonly provisionalConditions: 'condition' | 'observation';
  /** Intents of MedicationRequest that are loaded. */
  readonly medicationRequestIntents: readonly string[];
  /** Write panel parents without a value of their own although their components carry values. */
  readonly panelParents: boolean;
  /** Write observations that have no value or a dataAbsentReason. */
  readonly valuelessObservations: boolean;
  /** Years in which a date may be; beyond them it cannot be used. */
  readonly earliestYear: number;
  readonly latestYear: number;
  /** Load procedures whose status is `unknown`. */
  readonly unknownProcedures: boolean;
  /** Visit of a stay that was admitted from the emergency room. */
  readonly emergencyAdmissions: 'inpatient' | 'emergency-and-inpatient';
  /** Events that their person cannot have had then: before birth, 60 days after death, after the day of the extract. */
  readonly implausibleEvents: 'load' | 'exclude';
  /** IANA zone; instants with another offset are moved to it. Without it the wall-clock time as sent is kept. */
  readonly timezone?: string | undefined;
  /** Attachments that come by URL alone are waited for (`hydrate.notes`). Left out: they have no text. */
  readonly attachmentsByUrl?: true | undefined;
  /** Extra code systems: URI → vocabulary_id of the loaded vocabulary (proprietary code sets). */
  readonly codeSystems: Readonly<Record<string, string>>;
}

export const DEFAULT_SETTINGS: MappingSettings = {
  fhirBaseUrl: '',
  vendor: 'other',
  personSourceValue: 'identifier',
  address: 'state',
  provisionalConditions: 'condition',
  medicationRequestIntents: ['order', 'original-order', 'reflex-order', 'filler-order', 'instance-order'],
  panelParents: false,
  valuelessObservations: false,
  earliestYear: 1800,
  latestYear: 2200,
  unknownProcedures: false,
  emergencyAdmissions: 'inpatient',
  implausibleEvents: 'load',
  codeSystems: {},
};
