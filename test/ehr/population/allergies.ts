/** Allergies: substances (SNOMED, RxNorm), finding codes, reactions, no known allergy, refuted ones. */

import type { Resource } from '../../../jobs/map/types.ts';
import { type CodeableConcept, codeable, coding, hl7 } from '../codes.ts';
import { type Chart, subject } from './chart.ts';
import { DAY, dateTime } from './time.ts';

const KNOWN: readonly (readonly [vocabulary: 'SNOMED' | 'RxNorm', code: string, category: string])[] = [
  ['SNOMED', '762952008', 'food'],
  ['SNOMED', '735029006', 'food'],
  ['SNOMED', '3718001', 'food'],
  ['SNOMED', '91935009', 'food'],
  ['SNOMED', '300913006', 'food'],
  ['SNOMED', '111088007', 'environment'],
  ['SNOMED', '264287008', 'environment'],
  ['SNOMED', '418689008', 'environment'],
  ['SNOMED', '424213003', 'environment'],
  ['SNOMED', '294499007', 'medication'],
  ['RxNorm', '7980', 'medication'],
  ['RxNorm', '723', 'medication'],
  ['RxNorm', '5640', 'medication'],
  ['RxNorm', '2670', 'medication'],
];

export function allergies(chart: Chart, since: number): Resource[] {
  const { random } = chart;
  if (random.chance(0.4)) {
    return [{ ...frame(chart, codeable(coding('SNOMED', '716186003')), since), type: 'allergy' }];
  }
  return Array.from(
    {
      length: random.weighted([
        [60, 0],
        [28, 1],
        [12, 2],
      ] as const),
    },
    () => allergy(chart, since),
  );
}

function allergy(chart: Chart, since: number): Resource {
  const { random } = chart;
  const [vocabulary, code, category] = random.pick(KNOWN);
  // The demo vocabulary has no concept for an intolerance to something in the environment.
  const intolerance = category !== 'environment' && random.chance(0.2);
  return {
    ...frame(chart, codeable(coding(vocabulary, code)), since),
    type: intolerance ? 'intolerance' : 'allergy',
    category: [category],
    criticality: random.pick(['low', 'high', 'unable-to-assess']),
    ...(random.chance(0.6)
      ? {
          reaction: [
            {
              manifestation: [codeable(coding('SNOMED', random.pick(REACTIONS)))],
              severity: random.pick(['mild', 'moderate', 'severe']),
            },
          ],
        }
      : {}),
  };
}

const REACTIONS = ['247472004', '271807003', '126485001', '39579001', '422587007', '62315008'];

function frame(chart: Chart, code: CodeableConcept, since: number): Resource {
  const { random } = chart;
  const verification = random.weighted([
    [92, 'confirmed'],
    [4, 'unconfirmed'],
    [2, 'refuted'],
    [2, 'entered-in-error'],
  ] as const);
  return {
    resourceType: 'AllergyIntolerance',
    id: random.uuid(),
    // Constraint ait-2: no clinical status when entered in error.
    ...(verification === 'entered-in-error'
      ? {}
      : { clinicalStatus: hl7('allergyintolerance-clinical', 'active') }),
    verificationStatus: hl7('allergyintolerance-verification', verification),
    code,
    patient: subject(chart),
    recordedDate: dateTime(since + random.int(0, 60) * DAY),
  };
}
