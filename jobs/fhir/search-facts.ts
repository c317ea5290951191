/**
 * What is known of searches, as data, each fact with its source. By which parameter a type finds what is about a patient,
 * which types are nobody's, what vendors demand and refuse.
 *
 * Sources:
 * [R4]   http://hl7.org/fhir/R4/searchparameter-registry.html: parameters of each type.
 * [USC]  http://hl7.org/fhir/us/core/STU3.1.1/CapabilityStatement-us-core-server.html: US Core servers must find
 *        Observation, Condition and DiagnosticReport by patient and category; Medication is read, not searched.
 * [SF]   https://github.com/smart-on-fhir/smart-fetch (smart_fetch/filtering.py, resources.py): Epic has no
 *        meta.lastUpdated, and fails on the Observation categories procedure, therapy and activity.
 * [EPIC] https://open.epic.com/Clinical/FHIR?whereTo=observation: Observation.Search wants patient and code or category;
 *        https://github.com/jwilleke/yourphr/issues/754: without one it answers 400 with the code "required" (2026-09).
 *        That Condition and DocumentReference want one, too, depends on what an app may read: its APIs are one a category
 *        (https://fhir.epic.com/Specifications, behind a sign-in). Not seen by us at a site.
 *        The CapabilityStatement of its R4 sandbox of May 2026 (as kept in github.com/api-evangelist/epic-systems, fhir/) names
 *        _id and _count for Medication and Binary.
 * [ORA]  https://github.com/cerner/fhir.cerner.com/pull/345: Millennium finds R4 Observations by patient or subject,
 *        without a category, and knows _lastUpdated.
 */

export type Vendor = 'epic' | 'cerner' | 'other';

/** The parameter that finds a type's resources about one patient [R4]. */
export const BY_PATIENT: Readonly<Record<string, string>> = {
  Patient: '_id',
  Encounter: 'patient',
  Condition: 'patient',
  Procedure: 'patient',
  Observation: 'patient',
  MedicationRequest: 'patient',
  Immunization: 'patient',
  AllergyIntolerance: 'patient',
  MedicationStatement: 'patient',
  MedicationAdministration: 'patient',
  MedicationDispense: 'patient',
  DiagnosticReport: 'patient',
  DocumentReference: 'patient',
  Device: 'patient',
  DeviceUseStatement: 'patient',
  Specimen: 'subject',
  FamilyMemberHistory: 'patient',
  Coverage: 'beneficiary',
  Claim: 'patient',
  ExplanationOfBenefit: 'patient',
  // What maps to nothing here, and may be asked for by export_resource_types all the same.
  AdverseEvent: 'subject',
  CarePlan: 'patient',
  CareTeam: 'patient',
  Goal: 'patient',
  QuestionnaireResponse: 'patient',
  ServiceRequest: 'patient',
};

/** Types that are nobody's: all of them are listed, where a server lets them be [R4]. */
export const OF_NOBODY: readonly string[] = [
  ...['Organization', 'Location', 'Medication', 'Substance', 'Practitioner', 'PractitionerRole'],
];

/** Those that are asked for where the connection names none. */
export const USUAL_TYPES: Readonly<Record<Vendor, readonly string[]>> = {
  // US Core's types. What is nobody's is not listed by Epic and Oracle: it is read by id, where something refers to it.
  epic: [
    ...['Patient', 'Encounter', 'Condition', 'Procedure', 'Observation', 'MedicationRequest', 'Immunization'],
    ...['AllergyIntolerance', 'DiagnosticReport', 'DocumentReference', 'Device', 'Coverage'],
  ],
  cerner: [
    ...['Patient', 'Encounter', 'Condition', 'Procedure', 'Observation', 'MedicationRequest', 'Immunization'],
    ...['AllergyIntolerance', 'MedicationAdministration', 'MedicationDispense', 'DiagnosticReport'],
    ...['DocumentReference', 'Device', 'Coverage'],
  ],
  other: [
    ...['Organization', 'Location', 'Medication', 'Practitioner', 'PractitionerRole', 'Patient', 'Encounter'],
    ...['Condition', 'Procedure', 'Observation', 'MedicationRequest', 'Immunization', 'AllergyIntolerance'],
    ...['MedicationStatement', 'MedicationAdministration', 'MedicationDispense', 'DiagnosticReport'],
    ...['DocumentReference', 'Device', 'DeviceUseStatement', 'Specimen', 'FamilyMemberHistory', 'Coverage'],
    ...['Claim', 'ExplanationOfBenefit'],
  ],
};

/**
 * Types for which a vendor demands a category, and the categories that hold something: one search each, since a list of
 * them is not taken everywhere [EPIC] [SF] [USC].
 */
export const CATEGORIES: Readonly<Record<Vendor, Readonly<Record<string, readonly string[]>>>> = {
  epic: {
    Observation: ['vital-signs', 'laboratory', 'social-history', 'survey', 'exam', 'imaging'],
    Condition: ['problem-list-item', 'encounter-diagnosis', 'health-concern'],
    DocumentReference: ['clinical-note'],
  },
  cerner: {},
  other: {},
};

/** Resources on a page that is asked for; servers give fewer where they like. */
export const PAGE_SIZE = 100;
