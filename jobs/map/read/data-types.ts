/** FHIR's data types, as far as the mappers read them: the parts that expected-types.ts is put together from. */

import { byUrl, type Elements } from './wrong-type.ts';

export const PERIOD = { start: 'string', end: 'string' } as const satisfies Elements;

/** `element` as a choice of dates: what reading.ts asks for. */
export function dates(element: string): Elements {
  return {
    [`${element}DateTime`]: 'string',
    [`${element}Instant`]: 'string',
    [`${element}Period`]: PERIOD,
  };
}

export const CODING = {
  system: 'string',
  code: 'string',
  display: 'string',
  userSelected: 'boolean',
} as const satisfies Elements;

export const CODEABLE_CONCEPT = { coding: [CODING], text: 'string' } as const satisfies Elements;

export const QUANTITY = {
  value: 'number',
  comparator: 'string',
  unit: 'string',
  system: 'string',
  code: 'string',
} as const satisfies Elements;

export const MONEY = { value: 'number', currency: 'string' } as const satisfies Elements;

export const IDENTIFIER = { system: 'string', value: 'string' } as const satisfies Elements;

export const REFERENCE = {
  reference: 'string',
  type: 'string',
  identifier: IDENTIFIER,
  display: 'string',
} as const satisfies Elements;

export const ATTACHMENT = {
  contentType: 'string',
  data: 'string',
  url: 'string',
  language: 'string',
} as const satisfies Elements;

const POSITION = { valueDecimal: 'number' } as const satisfies Elements;

export const ADDRESS = {
  use: 'string',
  line: ['string'],
  city: 'string',
  district: 'string',
  state: 'string',
  postalCode: 'string',
  country: 'string',
  text: 'string',
  period: PERIOD,
  extension: byUrl({
    'http://hl7.org/fhir/StructureDefinition/geolocation': {
      extension: byUrl({ latitude: POSITION, longitude: POSITION }),
    },
  }),
} as const satisfies Elements;

export const DOSAGE = {
  text: 'string',
  patientInstruction: 'string',
  route: CODEABLE_CONCEPT,
  asNeededBoolean: 'boolean',
  asNeededCodeableConcept: CODEABLE_CONCEPT,
  doseAndRate: [{ doseQuantity: QUANTITY }],
  timing: {
    repeat: {
      boundsPeriod: PERIOD,
      boundsDuration: QUANTITY,
      frequency: 'integer',
      period: 'number',
      periodUnit: 'string',
    },
  },
} as const satisfies Elements;
