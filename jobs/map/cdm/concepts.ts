/**
 * Every concept id that the mapping names, with the domain it must have. The self-check compares this list with the
 * loaded vocabulary. `standard: false` marks ids that are known not to be Standard and are written on purpose.
 */

export interface FixedConcept {
  readonly id: number;
  readonly domain: string;
  readonly name: string;
  readonly standard?: false;
}

const fixed = <const T extends Record<string, FixedConcept>>(concepts: T): T => concepts;

export const GENDER = fixed({
  male: { id: 8507, domain: 'Gender', name: 'MALE' },
  female: { id: 8532, domain: 'Gender', name: 'FEMALE' },
  // Not Standard since 2018; kept because users ask to tell "other" and "unknown" from "not recorded".
  other: { id: 8521, domain: 'Gender', name: 'OTHER', standard: false },
  unknown: { id: 8551, domain: 'Gender', name: 'UNKNOWN', standard: false },
});

export const RACE = fixed({
  americanIndian: { id: 8657, domain: 'Race', name: 'American Indian or Alaska Native' },
  asian: { id: 8515, domain: 'Race', name: 'Asian' },
  black: { id: 8516, domain: 'Race', name: 'Black or African American' },
  pacific: { id: 8557, domain: 'Race', name: 'Native Hawaiian or Other Pacific Islander' },
  white: { id: 8527, domain: 'Race', name: 'White' },
  multiple: { id: 1546847, domain: 'Race', name: 'More than one race' },
  observed: { id: 4013886, domain: 'Observation', name: 'Race' },
});

export const ETHNICITY = fixed({
  hispanic: { id: 38003563, domain: 'Ethnicity', name: 'Hispanic or Latino' },
  notHispanic: { id: 38003564, domain: 'Ethnicity', name: 'Not Hispanic or Latino' },
});

export const VISIT = fixed({
  inpatient: { id: 9201, domain: 'Visit', name: 'Inpatient Visit' },
  outpatient: { id: 9202, domain: 'Visit', name: 'Outpatient Visit' },
  emergency: { id: 9203, domain: 'Visit', name: 'Emergency Room Visit' },
  emergencyAndInpatient: { id: 262, domain: 'Visit', name: 'Emergency Room and Inpatient Visit' },
  telehealth: { id: 722455, domain: 'Visit', name: 'Telehealth' },
  home: { id: 581476, domain: 'Visit', name: 'Home Visit' },
  nonHospital: { id: 42898160, domain: 'Visit', name: 'Non-hospital institution Visit' },
  observationRoom: { id: 581385, domain: 'Visit', name: 'Observation Room' },
  emergencyRoom: { id: 8870, domain: 'Visit', name: 'Emergency Room - Hospital' },
  outpatientHospital: { id: 8756, domain: 'Visit', name: 'Outpatient Hospital' },
  inpatientHospital: { id: 8717, domain: 'Visit', name: 'Inpatient Hospital' },
  office: { id: 581477, domain: 'Visit', name: 'Office Visit' },
  nursingFacility: { id: 8676, domain: 'Visit', name: 'Nursing Facility' },
  skilledNursing: { id: 8863, domain: 'Visit', name: 'Skilled Nursing Facility' },
  psychiatric: { id: 8971, domain: 'Visit', name: 'Inpatient Psychiatric Facility' },
  rehabilitation: { id: 38004254, domain: 'Visit', name: 'Rehabilitation Facility' },
  inpatientRehabilitation: { id: 32266, domain: 'Visit', name: 'Inpatient Rehabilitation Facility' },
  otherHospital: { id: 38004515, domain: 'Visit', name: 'Hospital' },
  otherFacility: { id: 33007, domain: 'Visit', name: 'Other health care facility' },
  hospice: { id: 8546, domain: 'Visit', name: 'Hospice' },
  longTerm: { id: 38004277, domain: 'Visit', name: 'Long Term Care Hospital' },
  againstAdvice: { id: 32216, domain: 'Visit', name: 'Patient left against medical advice' },
  expired: { id: 32218, domain: 'Visit', name: 'Patient died' },
  stillPatient: { id: 32220, domain: 'Visit', name: 'Still patient' },
});

export const TYPE = fixed({
  claim: { id: 32810, domain: 'Type Concept', name: 'Claim' },
  ehr: { id: 32817, domain: 'Type Concept', name: 'EHR' },
  administration: { id: 32818, domain: 'Type Concept', name: 'EHR administration record' },
  dispensing: { id: 32825, domain: 'Type Concept', name: 'EHR dispensing record' },
  encounter: { id: 32827, domain: 'Type Concept', name: 'EHR encounter record' },
  medicationList: { id: 32830, domain: 'Type Concept', name: 'EHR medication list' },
  note: { id: 32831, domain: 'Type Concept', name: 'EHR note' },
  pathologyReport: { id: 32835, domain: 'Type Concept', name: 'EHR Pathology report' },
  prescription: { id: 32838, domain: 'Type Concept', name: 'EHR prescription' },
  problemList: { id: 32840, domain: 'Type Concept', name: 'EHR problem list' },
  radiologyReport: { id: 32841, domain: 'Type Concept', name: 'EHR radiology report' },
  government: { id: 32848, domain: 'Type Concept', name: 'Government report' },
  lab: { id: 32856, domain: 'Type Concept', name: 'Lab' },
  selfReport: { id: 32865, domain: 'Type Concept', name: 'Patient self-report' },
  survey: { id: 32883, domain: 'Type Concept', name: 'Survey' },
});

export const CONDITION_STATUS = fixed({
  confirmed: { id: 32893, domain: 'Condition Status', name: 'Confirmed diagnosis' },
  preliminary: { id: 32899, domain: 'Condition Status', name: 'Preliminary diagnosis' },
  resolved: { id: 32906, domain: 'Condition Status', name: 'Resolved condition' },
  admission: { id: 32890, domain: 'Condition Status', name: 'Admission diagnosis' },
  discharge: { id: 32896, domain: 'Condition Status', name: 'Discharge diagnosis' },
  primary: { id: 32902, domain: 'Condition Status', name: 'Primary diagnosis' },
  secondary: { id: 32908, domain: 'Condition Status', name: 'Secondary diagnosis' },
});

export const OPERATOR = fixed({
  less: { id: 4171756, domain: 'Meas Value Operator', name: '<' },
  lessOrEqual: { id: 4171754, domain: 'Meas Value Operator', name: '<=' },
  greaterOrEqual: { id: 4171755, domain: 'Meas Value Operator', name: '>=' },
  greater: { id: 4172704, domain: 'Meas Value Operator', name: '>' },
});

export const VALUE = fixed({
  yes: { id: 4188539, domain: 'Meas Value', name: 'Yes' },
  no: { id: 4188540, domain: 'Meas Value', name: 'No' },
  normal: { id: 4069590, domain: 'Meas Value', name: 'Normal' },
  abnormal: { id: 4135493, domain: 'Meas Value', name: 'Abnormal' },
  high: { id: 4328749, domain: 'Meas Value', name: 'High' },
  low: { id: 4267416, domain: 'Meas Value', name: 'Low' },
  positive: { id: 9191, domain: 'Meas Value', name: 'Positive' },
  negative: { id: 9189, domain: 'Meas Value', name: 'Negative' },
  notDetected: { id: 9190, domain: 'Meas Value', name: 'Not detected' },
  absent: { id: 4132135, domain: 'Meas Value', name: 'Absent' },
  detected: { id: 4126681, domain: 'Meas Value', name: 'Detected' },
  negativeAnswer: { id: 45878583, domain: 'Meas Value', name: 'Negative (LOINC answer)' },
  noAnswer: { id: 45878245, domain: 'Meas Value', name: 'No (LOINC answer)' },
});

export const ROUTE = fixed({
  intradermal: { id: 4156706, domain: 'Route', name: 'Intradermal' },
  intramuscular: { id: 4302612, domain: 'Route', name: 'Intramuscular' },
  intravenous: { id: 4171047, domain: 'Route', name: 'Intravenous' },
  oral: { id: 4132161, domain: 'Route', name: 'Oral' },
  subcutaneous: { id: 4142048, domain: 'Route', name: 'Subcutaneous' },
  transdermal: { id: 4262099, domain: 'Route', name: 'Transdermal' },
});

export const ALLERGY = fixed({
  food: { id: 4188027, domain: 'Observation', name: 'Allergy to food' },
  medication: { id: 439224, domain: 'Observation', name: 'Allergy to drug' },
  environment: { id: 4144450, domain: 'Observation', name: 'Environmental allergy' },
  any: { id: 43530807, domain: 'Observation', name: 'Allergic disposition' },
  foodIntolerance: { id: 4340252, domain: 'Observation', name: 'Intolerance to food' },
  medicationIntolerance: { id: 4240582, domain: 'Observation', name: 'Intolerance to drug' },
  environmentIntolerance: { id: 4172024, domain: 'Observation', name: 'Intolerance to substance' },
  anyIntolerance: { id: 36684107, domain: 'Observation', name: 'Intolerance to biologic' },
});

export const NOTE = fixed({
  utf8: { id: 32678, domain: 'Metadata', name: 'UTF-8' },
  english: { id: 4180186, domain: 'Language', name: 'English language' },
});

/** `<table>.<key>` of the CDM, for *_event_field_concept_id. */
export const FIELD = fixed({
  condition_occurrence: {
    id: 1147127,
    domain: 'Metadata',
    name: 'condition_occurrence.condition_occurrence_id',
  },
  drug_exposure: { id: 1147094, domain: 'Metadata', name: 'drug_exposure.drug_exposure_id' },
  procedure_occurrence: {
    id: 1147082,
    domain: 'Metadata',
    name: 'procedure_occurrence.procedure_occurrence_id',
  },
  device_exposure: { id: 1147115, domain: 'Metadata', name: 'device_exposure.device_exposure_id' },
  measurement: { id: 1147138, domain: 'Metadata', name: 'measurement.measurement_id' },
  observation: { id: 1147165, domain: 'Metadata', name: 'observation.observation_id' },
  specimen: { id: 1147049, domain: 'Metadata', name: 'specimen.specimen_id' },
});

/** For fact_relationship. The vocabulary's relationships are concepts of its metadata, none of them Standard. */
export const RELATIONSHIP = fixed({
  panelContains: { id: 46233678, domain: 'Metadata', name: 'Panel contains', standard: false },
  containedInPanel: { id: 46233679, domain: 'Metadata', name: 'Contained in panel', standard: false },
  partOf: { id: 44818844, domain: 'Metadata', name: 'Part of (SNOMED)', standard: false },
  hasPart: { id: 44818746, domain: 'Metadata', name: 'Has part of (SNOMED)', standard: false },
  hasFinding: { id: 44818770, domain: 'Metadata', name: 'Has associated finding (SNOMED)', standard: false },
  findingOf: { id: 44818868, domain: 'Metadata', name: 'Associated finding of (SNOMED)', standard: false },
});

export const OTHER = fixed({
  familyHistory: { id: 4167217, domain: 'Observation', name: 'Family history of clinical finding' },
  unitedStates: { id: 4330442, domain: 'Geography', name: 'United States of America' },
  usDollar: { id: 44818668, domain: 'Currency', name: 'US Dollar' },
});

export const FIXED_CONCEPTS: readonly FixedConcept[] = [
  GENDER,
  RACE,
  ETHNICITY,
  VISIT,
  TYPE,
  CONDITION_STATUS,
  OPERATOR,
  VALUE,
  ROUTE,
  ALLERGY,
  NOTE,
  FIELD,
  RELATIONSHIP,
  OTHER,
].flatMap((group) => Object.values<FixedConcept>(group));
