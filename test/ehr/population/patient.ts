/** Patients in the shape of US Core: race, ethnicity, birth sex as extensions; identifiers; address; some have died. */

import type { Resource } from '../../../jobs/map/types.ts';
import type { Random } from '../random.ts';
import { address, FAMILY_NAMES, type Facility, GIVEN_NAMES } from './facility.ts';
import { dateTime, day } from './time.ts';

export interface Person {
  readonly id: string;
  readonly female: boolean;
  readonly born: number;
  readonly died: number | undefined;
}

export function patient(random: Random, facility: Facility, person: Person): Resource {
  const sex = person.female ? 'female' : 'male';
  const extension = [race(random), ethnicity(random), birthSex(random, person.female)].filter(
    (e) => e !== undefined,
  );
  return {
    resourceType: 'Patient',
    id: person.id,
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'] },
    extension,
    identifier: [
      {
        type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] },
        system: 'urn:oid:1.2.840.114350.1.13.999.2.7.5.737384.14',
        value: `E${random.int(100_000, 999_999)}${random.int(10, 99)}`,
      },
      // Area numbers from 900 on are never given out as Social Security numbers.
      {
        system: 'http://hl7.org/fhir/sid/us-ssn',
        value: `9${random.int(10, 99)}-${random.int(10, 99)}-${random.int(1000, 9999)}`,
      },
    ],
    active: true,
    name: [{ use: 'official', family: random.pick(FAMILY_NAMES), given: [random.pick(GIVEN_NAMES[sex])] }],
    telecom: [{ system: 'phone', value: `555-01${random.int(10, 99)}`, use: 'home' }],
    gender: random.weighted([
      [96, sex],
      [2, 'other'],
      [1, 'unknown'],
      [1, undefined],
    ] as const),
    birthDate: birthDate(random, person.born),
    ...(person.died === undefined ? {} : { deceasedDateTime: dateTime(person.died) }),
    address: [address(random)],
    generalPractitioner: [{ reference: `Practitioner/${random.pick(facility.practitioners)}` }],
    managingOrganization: { reference: `Organization/${facility.organizations[0]}` },
  };
}

/** Some records know the year only. */
function birthDate(random: Random, born: number): string {
  const full = day(born);
  return random.chance(0.02) ? full.slice(0, 4) : full;
}

const OMB = 'urn:oid:2.16.840.1.113883.6.238';

function race(random: Random) {
  const codes = random.weighted<readonly (readonly [string, string])[]>([
    [60, [['2106-3', 'White']]],
    [14, [['2054-5', 'Black or African American']]],
    [9, [['2028-9', 'Asian']]],
    [2, [['1002-5', 'American Indian or Alaska Native']]],
    [1, [['2076-8', 'Native Hawaiian or Other Pacific Islander']]],
    [
      3,
      [
        ['2106-3', 'White'],
        ['2028-9', 'Asian'],
      ],
    ],
    [
      2,
      [
        ['2106-3', 'White'],
        ['2054-5', 'Black or African American'],
        ['1002-5', 'American Indian or Alaska Native'],
      ],
    ],
    [6, [['UNK', 'unknown']]],
    [3, []],
  ]);
  if (codes.length === 0) return undefined;
  const categories = codes.map(([code, display]) => ({
    url: 'ombCategory',
    valueCoding: { system: code === 'UNK' ? NULL_FLAVOR : OMB, code, display },
  }));
  const detailed = codes.some(([code]) => code === '2028-9') && random.chance(0.3);
  return {
    url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
    extension: [
      ...categories,
      ...(detailed
        ? [{ url: 'detailed', valueCoding: { system: OMB, code: '2034-7', display: 'Chinese' } }]
        : []),
      { url: 'text', valueString: codes.map(([, display]) => display).join(', ') },
    ],
  };
}

const NULL_FLAVOR = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

function ethnicity(random: Random) {
  const [code, display] = random.weighted<readonly [string, string]>([
    [15, ['2135-2', 'Hispanic or Latino']],
    [78, ['2186-5', 'Not Hispanic or Latino']],
    [7, ['UNK', 'unknown']],
  ]);
  return {
    url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity',
    extension: [
      { url: 'ombCategory', valueCoding: { system: code === 'UNK' ? NULL_FLAVOR : OMB, code, display } },
      { url: 'text', valueString: display },
    ],
  };
}

function birthSex(random: Random, female: boolean) {
  if (random.chance(0.1)) return undefined;
  return {
    url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex',
    valueCode: random.chance(0.01) ? 'UNK' : female ? 'F' : 'M',
  };
}
