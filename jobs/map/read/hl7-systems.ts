/**
 * Code systems whose codes are read against fixed sets, each by all the names that it has had: HL7's terminology site
 * (THO) since R4, hl7.org/fhir before, its OID; and v2 tables beside the v3 or FHIR system that says the same with the
 * same codes. Named as code-systems.ts names systems (`systemKey`): no scheme, lower case, OIDs bare.
 */

const tho = (name: string): string => `terminology.hl7.org/codesystem/${name}`;
const fhir = (name: string): readonly string[] => [tho(name), `hl7.org/fhir/${name}`];
const v2 = (table: string): readonly string[] => [
  tho(`v2-${table}`),
  `hl7.org/fhir/v2/${table}`,
  `2.16.840.1.113883.12.${Number(table)}`,
];
const v3 = (name: string, oid: number): readonly string[] => [
  tho(`v3-${name}`),
  `hl7.org/fhir/v3/${name}`,
  `2.16.840.1.113883.5.${oid}`,
];

export const SYSTEM = {
  conditionClinical: fhir('condition-clinical'),
  conditionVerification: fhir('condition-ver-status'),
  conditionCategory: [
    ...fhir('condition-category'),
    'hl7.org/fhir/us/core/codesystem/condition-category',
    'hl7.org/fhir/us/argonaut/codesystem/condition-category',
  ],
  allergyClinical: [...fhir('allergyintolerance-clinical'), 'hl7.org/fhir/allergy-clinical-status'],
  allergyVerification: [
    ...fhir('allergyintolerance-verification'),
    'hl7.org/fhir/allergy-verification-status',
  ],
  observationCategory: fhir('observation-category'),
  diagnosticService: v2('0074'),
  dicomModality: ['dicom.nema.org/resources/ontology/dcm', '1.2.840.10008.2.16.4'],
  interpretation: [...v3('observationinterpretation', 83), ...v2('0078')],
  actCode: v3('actcode', 4),
  patientClass: v2('0004'),
  /** Of DSTU2. */
  encounterClass: ['hl7.org/fhir/encounter-class', tho('encounter-class')],
  admitSource: fhir('admit-source'),
  admitSourceV2: v2('0023'),
  discharge: fhir('discharge-disposition'),
  /** NUBC's patient discharge status (UB-04), and HL7's v2 table, which takes it over. */
  dischargeStatus: [
    'www.nubc.org/patient-discharge',
    'www.nubc.org/codesystem/patdischargestatus',
    '2.16.840.1.113883.6.301.5',
    ...v2('0112'),
  ],
  participation: v3('participationtype', 90),
  diagnosisRole: fhir('diagnosis-role'),
  diagnosisType: v2('0052'),
  route: v3('routeofadministration', 112),
  routeV2: v2('0162'),
  immunizationOrigin: fhir('immunization-origin'),
  rangeMeaning: fhir('referencerange-meaning'),
  roleCode: [...v3('rolecode', 111), tho('v3-servicedeliverylocationroletype')],
  adjudication: [...fhir('adjudication'), 'hl7.org/fhir/us/carin-bb/codesystem/c4bbadjudication'],
  blueButtonAdjudication: ['bluebutton.cms.gov/resources/codesystem/adjudication'],
  coverageClass: fhir('coverage-class'),
  genderOfHl7: [...fhir('administrative-gender'), ...v3('administrativegender', 1)],
  snomed: ['snomed.info/sct', '2.16.840.1.113883.6.96'],
  loinc: ['loinc.org', '2.16.840.1.113883.6.1'],
  nullFlavor: v3('nullflavor', 1008),
  dataAbsentReason: fhir('data-absent-reason'),
} as const satisfies Record<string, readonly string[]>;
