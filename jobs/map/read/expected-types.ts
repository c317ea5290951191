/**
 * The elements that the mappers read, with the type that FHIR R4 gives each: what a resource is held against before it is
 * mapped (wrong-type.ts). `[X]` is a list of X. What no mapper reads is not here and may be anything; that everything
 * they read is here, and nothing else, test/map/expected-types.test.ts shows.
 */

import {
  ADDRESS,
  ATTACHMENT,
  CODEABLE_CONCEPT,
  CODING,
  DOSAGE,
  dates,
  IDENTIFIER,
  MONEY,
  PERIOD,
  QUANTITY,
  REFERENCE,
} from './data-types.ts';
import { byType, byUrl, type Elements } from './wrong-type.ts';

const MODIFIED = { modifierExtension: [{}] } as const satisfies Elements;

const PERFORMERS = [{ actor: REFERENCE, ...MODIFIED }] as const;

/** What fact_relationship is made of. */
const RELATED = {
  hasMember: [REFERENCE],
  derivedFrom: [REFERENCE],
  partOf: [REFERENCE],
} as const satisfies Elements;

/** Of a Substance the elements of an ingredient have other names, and say the same. */
const CONSISTS = {
  code: CODEABLE_CONCEPT,
  ingredient: [
    {
      itemCodeableConcept: CODEABLE_CONCEPT,
      itemReference: REFERENCE,
      substanceCodeableConcept: CODEABLE_CONCEPT,
      substanceReference: REFERENCE,
    },
  ],
} as const satisfies Elements;

const MEDICATION = {
  ...CONSISTS,
  contained: byType({ Medication: CONSISTS, Substance: CONSISTS }),
} as const satisfies Elements;

const DEVICE = {
  type: CODEABLE_CONCEPT,
  udiCarrier: [{ deviceIdentifier: 'string' }],
  lotNumber: 'string',
} as const satisfies Elements;

const DRUG = {
  status: 'string',
  subject: REFERENCE,
  medicationCodeableConcept: CODEABLE_CONCEPT,
  medicationReference: REFERENCE,
  contained: byType({ Medication: CONSISTS, Substance: CONSISTS }),
  ...RELATED,
} as const satisfies Elements;

/** What an Observation and each of its components have. */
const RESULT = {
  code: CODEABLE_CONCEPT,
  valueQuantity: QUANTITY,
  valueCodeableConcept: CODEABLE_CONCEPT,
  valueBoolean: 'boolean',
  valueInteger: 'integer',
  valueRatio: { numerator: QUANTITY, denominator: QUANTITY },
  valueRange: { low: QUANTITY, high: QUANTITY },
  valueString: 'string',
  valueDateTime: 'string',
  valueTime: 'string',
  valuePeriod: PERIOD,
  dataAbsentReason: CODEABLE_CONCEPT,
  interpretation: [CODEABLE_CONCEPT],
  referenceRange: [{ low: QUANTITY, high: QUANTITY, type: CODEABLE_CONCEPT }],
} as const satisfies Elements;

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';
const CORE = 'http://hl7.org/fhir/StructureDefinition/';

const SEX = {
  valueCode: 'string',
  valueCoding: CODING,
  valueCodeableConcept: CODEABLE_CONCEPT,
} as const satisfies Elements;

const CATEGORIES = {
  extension: byUrl({
    ombCategory: { valueCoding: CODING },
    detailed: { valueCoding: CODING },
    text: { valueString: 'string' },
  }),
} as const satisfies Elements;

const GENDER_IDENTITY = {
  valueCodeableConcept: CODEABLE_CONCEPT,
  extension: byUrl({ value: { valueCodeableConcept: CODEABLE_CONCEPT } }),
} as const satisfies Elements;

const ELEMENTS = {
  Organization: { identifier: [IDENTIFIER], name: 'string', address: [ADDRESS] },
  Location: {
    identifier: [IDENTIFIER],
    status: 'string',
    name: 'string',
    type: [CODEABLE_CONCEPT],
    address: ADDRESS,
    position: { latitude: 'number', longitude: 'number' },
  },
  Practitioner: {
    identifier: [IDENTIFIER],
    gender: 'string',
    birthDate: 'string',
    qualification: [{ code: CODEABLE_CONCEPT }],
  },
  PractitionerRole: {
    identifier: [IDENTIFIER],
    active: 'boolean',
    period: PERIOD,
    practitioner: REFERENCE,
    organization: REFERENCE,
    code: [CODEABLE_CONCEPT],
    specialty: [CODEABLE_CONCEPT],
  },
  Medication: MEDICATION,
  Substance: CONSISTS,
  Binary: { contentType: 'string', data: 'string', language: 'string', securityContext: REFERENCE },
  Patient: {
    identifier: [{ ...IDENTIFIER, use: 'string', type: CODEABLE_CONCEPT }],
    gender: 'string',
    birthDate: 'string',
    _birthDate: { extension: byUrl({ [`${CORE}patient-birthTime`]: { valueDateTime: 'string' } }) },
    deceasedBoolean: 'boolean',
    deceasedDateTime: 'string',
    address: [ADDRESS],
    generalPractitioner: [REFERENCE],
    managingOrganization: REFERENCE,
    link: [{ other: REFERENCE, type: 'string' }],
    extension: byUrl({
      [`${US_CORE}us-core-race`]: CATEGORIES,
      [`${US_CORE}us-core-ethnicity`]: CATEGORIES,
      [`${US_CORE}us-core-birthsex`]: SEX,
      [`${US_CORE}us-core-sex`]: SEX,
      [`${US_CORE}us-core-genderIdentity`]: GENDER_IDENTITY,
      [`${CORE}patient-genderIdentity`]: GENDER_IDENTITY,
      [`${CORE}individual-genderIdentity`]: GENDER_IDENTITY,
    }),
  },
  Encounter: {
    status: 'string',
    // A Coding; as a CodeableConcept it is read as well.
    class: { ...CODING, coding: [CODING], text: 'string' },
    type: [CODEABLE_CONCEPT],
    subject: REFERENCE,
    partOf: REFERENCE,
    period: PERIOD,
    participant: [{ type: [CODEABLE_CONCEPT], individual: REFERENCE, ...MODIFIED }],
    serviceProvider: REFERENCE,
    location: [{ location: REFERENCE, status: 'string', period: PERIOD }],
    hospitalization: { admitSource: CODEABLE_CONCEPT, dischargeDisposition: CODEABLE_CONCEPT },
    diagnosis: [{ condition: REFERENCE, use: CODEABLE_CONCEPT, rank: 'integer', ...MODIFIED }],
  },
  Condition: {
    clinicalStatus: CODEABLE_CONCEPT,
    verificationStatus: CODEABLE_CONCEPT,
    category: [CODEABLE_CONCEPT],
    code: CODEABLE_CONCEPT,
    subject: REFERENCE,
    encounter: REFERENCE,
    asserter: REFERENCE,
    recorder: REFERENCE,
    recordedDate: 'string',
    extension: byUrl({ [`${CORE}condition-assertedDate`]: { valueDateTime: 'string' } }),
    abatementString: 'string',
    ...dates('onset'),
    ...dates('abatement'),
  },
  Procedure: {
    notPerformed: 'boolean',
    notDone: 'boolean',
    status: 'string',
    code: CODEABLE_CONCEPT,
    subject: REFERENCE,
    encounter: REFERENCE,
    performer: PERFORMERS,
    asserter: REFERENCE,
    focalDevice: [{ manipulated: REFERENCE }],
    contained: byType({ Device: DEVICE }),
    ...dates('performed'),
    ...RELATED,
  },
  Observation: {
    status: 'string',
    category: [CODEABLE_CONCEPT],
    subject: REFERENCE,
    encounter: REFERENCE,
    performer: [REFERENCE],
    focus: [REFERENCE],
    specimen: REFERENCE,
    contained: [{}],
    extension: [{}],
    issued: 'string',
    effectiveTiming: { event: ['string'] },
    component: [{ ...RESULT, ...MODIFIED }],
    ...dates('effective'),
    ...RELATED,
    ...RESULT,
  },
  MedicationRequest: {
    intent: 'string',
    doNotPerform: 'boolean',
    reportedBoolean: 'boolean',
    reportedReference: REFERENCE,
    encounter: REFERENCE,
    requester: REFERENCE,
    authoredOn: 'string',
    statusReason: CODEABLE_CONCEPT,
    dosageInstruction: [DOSAGE],
    dispenseRequest: {
      quantity: QUANTITY,
      expectedSupplyDuration: QUANTITY,
      numberOfRepeatsAllowed: 'integer',
    },
    ...DRUG,
  },
  Immunization: {
    status: 'string',
    wasNotGiven: 'boolean',
    notGiven: 'boolean',
    statusReason: CODEABLE_CONCEPT,
    vaccineCode: CODEABLE_CONCEPT,
    patient: REFERENCE,
    encounter: REFERENCE,
    occurrenceDateTime: 'string',
    primarySource: 'boolean',
    reportOrigin: CODEABLE_CONCEPT,
    lotNumber: 'string',
    route: CODEABLE_CONCEPT,
    doseQuantity: QUANTITY,
    performer: PERFORMERS,
    ...RELATED,
  },
  AllergyIntolerance: {
    clinicalStatus: CODEABLE_CONCEPT,
    verificationStatus: CODEABLE_CONCEPT,
    type: 'string',
    category: ['string'],
    code: CODEABLE_CONCEPT,
    patient: REFERENCE,
    encounter: REFERENCE,
    recordedDate: 'string',
    lastOccurrence: 'string',
    recorder: REFERENCE,
    asserter: REFERENCE,
    reaction: [
      {
        substance: CODEABLE_CONCEPT,
        manifestation: [CODEABLE_CONCEPT],
        onset: 'string',
        severity: 'string',
      },
    ],
    ...dates('onset'),
  },
  MedicationStatement: {
    wasNotTaken: 'boolean',
    taken: 'string',
    statusReason: [CODEABLE_CONCEPT],
    context: REFERENCE,
    dateAsserted: 'string',
    informationSource: REFERENCE,
    dosage: [DOSAGE],
    ...dates('effective'),
    ...DRUG,
  },
  MedicationAdministration: {
    wasNotGiven: 'boolean',
    notGiven: 'boolean',
    statusReason: [CODEABLE_CONCEPT],
    context: REFERENCE,
    performer: PERFORMERS,
    dosage: { text: 'string', route: CODEABLE_CONCEPT, dose: QUANTITY },
    ...dates('effective'),
    ...DRUG,
  },
  MedicationDispense: {
    notDone: 'boolean',
    context: REFERENCE,
    performer: PERFORMERS,
    whenHandedOver: 'string',
    whenPrepared: 'string',
    quantity: QUANTITY,
    daysSupply: QUANTITY,
    dosageInstruction: [DOSAGE],
    ...DRUG,
  },
  DiagnosticReport: {
    status: 'string',
    language: 'string',
    category: [CODEABLE_CONCEPT],
    code: CODEABLE_CONCEPT,
    subject: REFERENCE,
    encounter: REFERENCE,
    issued: 'string',
    performer: [REFERENCE],
    resultsInterpreter: [REFERENCE],
    conclusion: 'string',
    conclusionCode: [CODEABLE_CONCEPT],
    presentedForm: [ATTACHMENT],
    ...dates('effective'),
  },
  DocumentReference: {
    status: 'string',
    docStatus: 'string',
    language: 'string',
    type: CODEABLE_CONCEPT,
    subject: REFERENCE,
    date: 'string',
    author: [REFERENCE],
    description: 'string',
    content: [{ attachment: ATTACHMENT }],
    context: { encounter: [REFERENCE], period: PERIOD },
  },
  Device: { status: 'string', ...DEVICE },
  DeviceUseStatement: {
    status: 'string',
    subject: REFERENCE,
    context: REFERENCE,
    source: REFERENCE,
    device: REFERENCE,
    recordedOn: 'string',
    contained: byType({ Device: DEVICE }),
    ...dates('timing'),
  },
  Specimen: {
    status: 'string',
    type: CODEABLE_CONCEPT,
    subject: REFERENCE,
    collection: {
      collector: REFERENCE,
      quantity: QUANTITY,
      bodySite: CODEABLE_CONCEPT,
      ...MODIFIED,
      ...dates('collected'),
    },
  },
  FamilyMemberHistory: {
    status: 'string',
    patient: REFERENCE,
    date: 'string',
    relationship: CODEABLE_CONCEPT,
    condition: [{ code: CODEABLE_CONCEPT, ...MODIFIED }],
  },
  Coverage: {
    status: 'string',
    type: CODEABLE_CONCEPT,
    beneficiary: REFERENCE,
    payor: [REFERENCE],
    period: PERIOD,
    class: [{ type: CODEABLE_CONCEPT, value: 'string', name: 'string' }],
    contained: byType({ Organization: { name: 'string' } }),
  },
  Claim: { status: 'string' },
  ExplanationOfBenefit: {
    status: 'string',
    use: 'string',
    patient: REFERENCE,
    insurance: [{ focal: 'boolean', coverage: REFERENCE }],
    item: [
      {
        encounter: [REFERENCE],
        adjudication: [{ category: CODEABLE_CONCEPT, amount: MONEY }],
      },
    ],
    total: [{ category: CODEABLE_CONCEPT, amount: MONEY }],
    payment: { amount: MONEY },
  },
} as const satisfies Readonly<Record<string, Elements>>;

/** The elements by resource type; what every resource has is among the elements of each. */
export const EXPECTED: ReadonlyMap<string, Elements> = new Map(
  Object.entries(ELEMENTS).map(([type, elements]): [string, Elements] => [
    type,
    { ...MODIFIED, ...elements },
  ]),
);
