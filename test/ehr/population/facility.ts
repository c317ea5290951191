/** The hospital itself: organizations, locations, practitioners and the medications that requests refer to. */

import type { Resource } from '../../../jobs/map/types.ts';
import { type CodeableConcept, codeable, coding } from '../codes.ts';
import { createRandom, type Random } from '../random.ts';

export interface Facility {
  readonly organizations: readonly string[];
  readonly locations: readonly string[];
  readonly practitioners: readonly string[];
  readonly medications: readonly { readonly id: string; readonly text: string }[];
  readonly resources: readonly Resource[];
}

export function createFacility(seed: string): Facility {
  const random = createRandom(`${seed}/facility`);
  const organizations = ['General Hospital', 'Lakeside Clinic', 'Home Care Service'].map((name) =>
    organization(random, name),
  );
  const locations = ['Emergency department', 'Ward 3 East', 'Clinic room 12', 'Observation unit'].map(
    (name, i) => location(random, name, organizations[i % organizations.length]?.id ?? ''),
  );
  const practitioners = Array.from({ length: 24 }, () => practitioner(random));
  const medications = MEDICATIONS.map((code) => medication(random, code));
  return {
    organizations: organizations.map(({ id }) => id),
    locations: locations.map(({ id }) => id),
    practitioners: practitioners.map(({ id }) => id),
    medications: medications.map(({ id, code }) => ({ id, text: code.text ?? 'medication' })),
    resources: [...organizations, ...locations, ...practitioners, ...medications],
  };
}

export const CITIES = [
  ['Springfield', 'MA', '01103'],
  ['Worcester', 'MA', '01604'],
  ['Concord', 'NH', '03301'],
  ['Portland', 'ME', '04101'],
  ['Burlington', 'VT', '05401'],
] as const;

export function address(random: Random) {
  const [city, state, postalCode] = random.pick(CITIES);
  const line = [`${random.int(1, 980)} ${random.pick(['Oak', 'River', 'Mill', 'Station', 'Hill'])} Street`];
  return { use: 'home', line, city, state, postalCode, country: 'US' };
}

function organization(random: Random, name: string) {
  return {
    resourceType: 'Organization',
    id: random.uuid(),
    active: true,
    type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov' }] }],
    name,
    address: [{ ...address(random), use: 'work' }],
  };
}

function location(random: Random, name: string, organizationId: string) {
  return {
    resourceType: 'Location',
    id: random.uuid(),
    status: 'active',
    name,
    mode: 'instance',
    address: { ...address(random), use: 'work' },
    position: { longitude: -72.5 + random.int(0, 100) / 1000, latitude: 42.1 + random.int(0, 100) / 1000 },
    managingOrganization: { reference: `Organization/${organizationId}` },
  };
}

function practitioner(random: Random) {
  const gender = random.pick(['female', 'male'] as const);
  return {
    resourceType: 'Practitioner',
    id: random.uuid(),
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npi(random) }],
    active: true,
    name: [{ family: random.pick(FAMILY_NAMES), given: [random.pick(GIVEN_NAMES[gender])], prefix: ['Dr.'] }],
    gender,
    qualification: [
      { code: { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207Q00000X' }] } },
    ],
  };
}

/** Ten digits, the last one by the Luhn formula over `80840` + number (CMS, NPI check digit). */
function npi(random: Random): string {
  const digits = `1${String(random.int(0, 99_999_999)).padStart(8, '0')}`;
  let sum = 24;
  for (let i = 0; i < 9; i++) {
    const doubled = Number(digits[i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const MEDICATIONS = [
  ['RxNorm', '1740467'],
  ['RxNorm', '1732136'],
  ['RxNorm', '1659263'],
  ['RxNorm', '854235'],
  ['NDC', '13668021990'],
] as const;

function medication(random: Random, [vocabulary, code]: (typeof MEDICATIONS)[number]) {
  const concept: CodeableConcept = codeable(coding(vocabulary, code));
  return { resourceType: 'Medication', id: random.uuid(), status: 'active', code: concept };
}

export const FAMILY_NAMES = [
  'Abara',
  'Berg',
  'Castillo',
  'Doyle',
  'Eriksen',
  'Fontaine',
  'Gupta',
  'Holt',
  'Ito',
];
export const GIVEN_NAMES: Readonly<Record<'female' | 'male', readonly string[]>> = {
  female: ['Ada', 'Bea', 'Carla', 'Dina', 'Elsa', 'Farah', 'Grace'],
  male: ['Amos', 'Ben', 'Carl', 'Dan', 'Emil', 'Faisal', 'Glen'],
};
