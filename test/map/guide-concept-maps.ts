/** The rows of the guide's ConceptMaps (HL7/fhir-omop-ig 49cff19): codes and concept ids, as facts, in our own form. */

export interface ConceptMap {
  readonly name:
    | 'AllergyType'
    | 'IntoleranceType'
    | 'AllergySubstanceType'
    | 'ConditionConcepts'
    | 'ConditionStatusConcepts'
    | 'EncounterClass'
    | 'EncounterAdmitSource'
    | 'EncounterDischargeDisposition'
    | 'ImmunizationSource'
    | 'ImmunizationRoute'
    | 'ImmunizationVaccine'
    | 'GenderClass'
    | 'ProcedureType'
    | 'VitalSignsCodes'
    | 'BloodPressureCodes';
  readonly system: string;
  readonly rows: readonly ConceptMapRow[];
}

export interface ConceptMapRow {
  readonly code: string;
  /** The concept that the guide gives; none where it says that there is none. */
  readonly guide: number | undefined;
  /** Where the vocabulary and no table of ours knows the code: the domain of its concept there. */
  readonly domain?: string;
  /** And its class, where that tells a substance. */
  readonly conceptClass?: string;
}

type Pair = readonly [code: string, guide: number | undefined, domain?: string, conceptClass?: string];
const row = ([code, guide, domain, conceptClass]: Pair): ConceptMapRow => ({
  ...{ code, guide },
  ...(domain ? { domain } : {}),
  ...(conceptClass ? { conceptClass } : {}),
});

export const CONCEPT_MAPS: readonly ConceptMap[] = [
  {
    name: 'AllergyType',
    system: 'http://hl7.org/fhir/allergy-intolerance-category',
    rows: (
      [
        ['food', 4188027],
        ['medication', 439224],
        ['environment', 4144450],
        ['biologic', 43530807],
      ] as const
    ).map(row),
  },
  {
    name: 'IntoleranceType',
    system: 'http://hl7.org/fhir/allergy-intolerance-category',
    rows: (
      [
        ['food', 4340252],
        ['medication', 4240582],
        ['environment', 4172024],
        ['biologic', 36684107],
      ] as const
    ).map(row),
  },
  {
    name: 'AllergySubstanceType',
    system: 'http://snomed.info/sct',
    rows: (
      [
        ['227493005', 4026477, 'Observation', 'Substance'],
        ['323389000', 1728416, 'Drug'],
        ['91936005', 4240903, 'Observation'],
      ] as const
    ).map(row),
  },
  {
    name: 'AllergySubstanceType',
    system: 'http://www.nlm.nih.gov/research/umls/rxnorm',
    rows: ([['7980', 1728416, 'Drug']] as const).map(row),
  },
  {
    name: 'ConditionConcepts',
    system: 'http://snomed.info/sct',
    rows: (
      [
        ['258710007', 586323, 'Unit'],
        ['386661006', 437663, 'Condition'],
        ['36225005', 4264681, 'Condition'],
        ['363346000', 443392, 'Condition'],
        ['87628006', 432545, 'Condition'],
        ['368009', 4281749, 'Condition'],
        ['254637007', 4115276, 'Condition'],
        ['18099001', 437580, 'Condition'],
        ['422504002', 4310996, 'Condition'],
        ['312824007', 4195970, 'Observation'],
        ['90560007', 440674, 'Condition'],
        ['962000', 4319729, 'Observation'],
      ] as const
    ).map(row),
  },
  {
    name: 'ConditionStatusConcepts',
    system: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
    rows: ([['resolved', 32906]] as const).map(row),
  },
  {
    name: 'EncounterClass',
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    rows: (
      [
        ['IMP', 9201],
        ['AMB', 9202],
        ['OBSENC', 262],
        ['EMER', 9203],
        ['VR', 722455],
        ['HH', 581476],
      ] as const
    ).map(row),
  },
  {
    name: 'EncounterAdmitSource',
    system: 'http://terminology.hl7.org/CodeSystem/admit-source',
    rows: (
      [
        ['hosp-trans', 38004515],
        ['emd', 8870],
        ['outp', 8756],
        ['born', 38004515],
        ['gp', 8940],
        ['mp', 8940],
        ['nursing', 8676],
        ['psych', 8971],
        ['rehab', 38004254],
        ['other', undefined],
      ] as const
    ).map(row),
  },
  {
    name: 'EncounterDischargeDisposition',
    system: 'http://terminology.hl7.org/CodeSystem/discharge-disposition',
    rows: (
      [
        ['home', 8536],
        ['alt-home', 8536],
        ['other-hcf', 33007],
        ['hosp', 8546],
        ['long', 38004277],
        ['aadvice', 32216],
        ['exp', 32218],
        ['psy', 8971],
        ['rehab', 32266],
        ['snf', 8863],
        ['oth', undefined],
      ] as const
    ).map(row),
  },
  {
    name: 'ImmunizationSource',
    system: 'http://terminology.hl7.org/CodeSystem/immunization-origin',
    rows: (
      [
        ['recall', 32865],
        ['record', 32848],
        ['school', 32848],
        ['provider', 32818],
      ] as const
    ).map(row),
  },
  {
    name: 'ImmunizationRoute',
    system: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
    rows: (
      [
        ['IDINJ', 4156706],
        ['IM', 4302612],
        ['IVINJ', 4171047],
        ['PO', 4132161],
        ['SQ', 4142048],
        ['TRNSDERM', 4262099],
      ] as const
    ).map(row),
  },
  {
    name: 'ImmunizationVaccine',
    system: 'http://hl7.org/fhir/sid/cvx',
    rows: ([['171', 40213143, 'Drug']] as const).map(row),
  },
  {
    name: 'GenderClass',
    system: 'http://hl7.org/fhir/administrative-gender',
    rows: (
      [
        ['male', 8507],
        ['female', 8532],
        ['other', 44814653],
        ['unknown', 8551],
      ] as const
    ).map(row),
  },
  {
    name: 'ProcedureType',
    system: 'http://snomed.info/sct',
    rows: (
      [
        ['233404000', 4051039, 'Procedure'],
        ['233258006', 4050128, 'Procedure'],
        ['no-known-procedures', 37204085],
      ] as const
    ).map(row),
  },
  {
    name: 'VitalSignsCodes',
    system: 'http://loinc.org',
    rows: (
      [
        ['85353-1', 36203184, 'Measurement'],
        ['9279-1', 3024171, 'Measurement'],
        ['8867-4', 3027018, 'Measurement'],
        ['2708-6', 3016502, 'Measurement'],
        ['8310-5', 3020891, 'Measurement'],
        ['8302-2', 3036277, 'Measurement'],
        ['9843-4', 3000053, 'Measurement'],
        ['29463-7', 3025315, 'Measurement'],
        ['39156-5', 3038553, 'Measurement'],
      ] as const
    ).map(row),
  },
  {
    name: 'BloodPressureCodes',
    system: 'http://loinc.org',
    rows: (
      [
        ['85354-9', 36203185, 'Measurement'],
        ['8480-6', 3004249, 'Measurement'],
        ['8462-4', 3012888, 'Measurement'],
        ['8478-0', 3027598, 'Measurement'],
      ] as const
    ).map(row),
  },
];
