/**
 * The edges of the guide's twelve FML maps (HL7/fhir-omop-ig 49cff19), as facts in our own form, with R4's names: which
 * element a map puts into which column. `general`: of the table of departures, where that settles it for all maps.
 */
export interface MapEdge {
  readonly map: string;
  readonly column: string;
  readonly element: string;
  readonly general?: string;
}

type Rows = Readonly<Record<string, string | readonly string[]>>;
const IDS = 'ids';
const UNITS = 'units';
const CODES = 'codes without a ConceptMap';

const of = (map: string, rows: Rows, general: Readonly<Record<string, string>> = {}): readonly MapEdge[] =>
  Object.entries(rows).flatMap(([column, elements]) =>
    [elements].flat().map((element) => ({
      ...{ map, column, element },
      ...(general[column] ? { general: general[column] } : {}),
    })),
  );

const READING: Rows = {
  measurement_datetime: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod'],
  measurement_date: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod'],
  value_as_number: 'valueQuantity',
  unit_concept_id: 'valueQuantity',
};

export const GUIDE_EDGES: readonly MapEdge[] = [
  ...of(
    'AllergyMap',
    {
      ...{ observation_id: ['id', 'identifier'], person_id: 'patient', visit_occurrence_id: 'encounter' },
      ...{ observation_concept_id: ['type', 'category'], value_as_concept_id: 'code' },
      ...{ value_source_value: 'code', value_as_string: 'code' },
      observation_date: ['recordedDate', 'onsetDateTime'],
      observation_datetime: ['recordedDate', 'onsetDateTime'],
    },
    { observation_id: IDS },
  ),
  ...of(
    'BloodPressureVitalSignsMap',
    {
      ...{ measurement_id: 'id', measurement_type_concept_id: 'code', measurement_concept_id: 'code' },
      ...{ ...READING, value_source_value: 'component.valueQuantity' },
      ...{ value_as_number: 'component.valueQuantity', unit_concept_id: 'component.valueQuantity' },
      unit_source_value: 'component.valueQuantity',
    },
    { measurement_id: IDS, unit_concept_id: UNITS },
  ),
  ...of(
    'ConditionMap',
    {
      ...{ condition_occurrence_id: 'id', person_id: 'subject', condition_concept_id: 'code' },
      condition_source_value: 'code',
      condition_start_datetime: ['recordedDate', 'onsetDateTime'],
      condition_start_date: ['recordedDate', 'onsetDateTime'],
      ...{ condition_end_datetime: 'abatementDateTime', condition_end_date: 'abatementDateTime' },
      ...{ condition_status_concept_id: 'clinicalStatus', condition_status_source_value: 'clinicalStatus' },
      ...{ visit_occurrence_id: 'encounter', condition_type_concept_id: 'category' },
    },
    { condition_occurrence_id: IDS },
  ),
  ...of(
    'EncounterVisitMap',
    {
      ...{ visit_occurrence_id: 'id', person_id: 'subject', visit_concept_id: 'class.code' },
      ...{ visit_source_value: 'class.code', visit_start_date: 'period', visit_start_datetime: 'period' },
      ...{ visit_end_date: 'period', visit_end_datetime: 'period' },
      admitted_from_concept_id: 'hospitalization.admitSource',
      admitted_from_source_value: 'hospitalization.admitSource',
      discharged_to_concept_id: 'hospitalization.dischargeDisposition',
      discharged_to_source_value: 'hospitalization.dischargeDisposition',
    },
    { visit_occurrence_id: IDS },
  ),
  ...of(
    'ImmunizationMap',
    {
      ...{ drug_exposure_id: 'id', person_id: 'patient', visit_occurrence_id: 'encounter' },
      ...{ drug_concept_id: 'vaccineCode', drug_source_value: 'vaccineCode', quantity: 'doseQuantity' },
      ...{ route_concept_id: 'route', route_source_value: 'route', drug_type_concept_id: 'reportOrigin' },
      ...{
        drug_exposure_start_date: 'occurrenceDateTime',
        drug_exposure_start_datetime: 'occurrenceDateTime',
      },
      ...{ drug_exposure_end_date: 'occurrenceDateTime', drug_exposure_end_datetime: 'occurrenceDateTime' },
      lot_number: 'lotNumber',
    },
    { drug_exposure_id: IDS },
  ),
  ...of(
    'MeasurementMap',
    {
      ...{ measurement_id: 'id', measurement_concept_id: 'code', person_id: 'subject' },
      ...{ visit_occurrence_id: 'encounter', ...READING, measurement_type_concept_id: 'category' },
      ...{ provider_id: 'performer', value_as_concept_id: 'valueCodeableConcept' },
      value_source_value: 'valueString',
    },
    { measurement_id: IDS, unit_concept_id: UNITS, measurement_concept_id: CODES },
  ),
  ...of(
    'MedicationMap',
    {
      ...{ drug_exposure_id: 'id', person_id: 'subject', drug_concept_id: 'medicationCodeableConcept' },
      drug_exposure_start_datetime: ['effectiveDateTime', 'effectivePeriod'],
      drug_exposure_start_date: ['effectiveDateTime', 'effectivePeriod'],
      ...{ drug_exposure_end_datetime: 'effectivePeriod', drug_exposure_end_date: 'effectivePeriod' },
      ...{
        verbatim_end_date: 'effectivePeriod',
        drug_type_concept_id: 'category',
        stop_reason: 'reasonCode',
      },
    },
    { drug_exposure_id: IDS },
  ),
  ...of(
    'ObservationMap',
    {
      ...{ observation_id: 'id', observation_concept_id: 'code', person_id: 'subject' },
      visit_occurrence_id: 'encounter',
      observation_datetime: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod'],
      observation_date: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod'],
      ...{ observation_type_concept_id: 'category', value_as_number: 'valueQuantity' },
      ...{ unit_concept_id: 'valueQuantity', value_as_concept_id: 'valueCodeableConcept' },
      value_as_string: 'valueString',
    },
    { observation_id: IDS, unit_concept_id: UNITS, observation_concept_id: CODES },
  ),
  ...of(
    'PersonMap',
    {
      ...{ person_id: 'id', person_source_value: 'id', gender_concept_id: 'gender' },
      ...{ gender_source_value: 'gender', birth_datetime: 'birthDate', year_of_birth: 'birthDate' },
      ...{ month_of_birth: 'birthDate', day_of_birth: 'birthDate' },
    },
    { person_id: IDS, person_source_value: 'person_source_value' },
  ),
  ...of(
    'ProcedureMap',
    {
      ...{ procedure_occurrence_id: 'id', person_id: 'subject', procedure_concept_id: 'code' },
      procedure_source_value: 'code',
      procedure_datetime: ['performedDateTime', 'performedPeriod'],
      procedure_date: ['performedDateTime', 'performedPeriod'],
      ...{ procedure_end_datetime: 'performedPeriod', procedure_end_date: 'performedPeriod' },
      visit_occurrence_id: 'encounter',
    },
    { procedure_occurrence_id: IDS },
  ),
  ...of('RecordSetMap', { person_id: 'id' }, { person_id: IDS }),
  ...of(
    'SimpleVitalSignsMap',
    {
      ...{ measurement_type_concept_id: 'code', measurement_concept_id: 'code', ...READING },
      value_as_concept_id: ['valueCodeableConcept', 'interpretation'],
      ...{ value_source_value: 'valueString', measurement_source_value: 'note' },
    },
    { unit_concept_id: UNITS },
  ),
];
