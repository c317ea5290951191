/**
 * Laboratory: panels with a DiagnosticReport over their results, reference ranges, interpretations, comparators,
 * coded and string answers, results that never came, house codes, text only.
 */

import type { Resource } from '../../../jobs/map/types.ts';
import { type CodeableConcept, codeable, coding, hl7, localCoding, quantity, SYSTEMS } from '../codes.ts';
import { LOCAL_SYSTEM } from '../unmapped.ts';
import { type Chart, has, link, subject, type Visit } from './chart.ts';
import { type Content, observation, round } from './observation.ts';
import { dateTime, HOUR, instant } from './time.ts';

export function labs(chart: Chart, visit: Visit): Resource[] {
  const { random } = chart;
  const panel = random.pick(PANELS);
  const at = visit.start + random.int(1, 3) * HOUR;
  const results = panel.tests.map((test) => result(chart, visit, at, test));
  if (random.chance(0.4)) results.push(...single(chart, visit, at));
  return [...results, report(chart, visit, at, panel.code, results)];
}

interface Test {
  readonly code: string;
  readonly mean: number;
  readonly deviation: number;
  readonly digits: number;
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
  /** The long-term condition that shifts the mean, and by how much. */
  readonly shift?: readonly [problem: string, by: number];
}

const test = (
  code: string,
  mean: number,
  deviation: number,
  digits: number,
  unit: string,
  low?: number,
  high?: number,
  shift?: readonly [string, number],
): Test => ({
  code,
  mean,
  deviation,
  digits,
  unit,
  ...(low === undefined ? {} : { low }),
  ...(high === undefined ? {} : { high }),
  ...(shift === undefined ? {} : { shift }),
});

const DIABETES = '44054006';
const PANELS: readonly { readonly code: string; readonly tests: readonly Test[] }[] = [
  {
    code: '24323-8',
    tests: [
      test('2345-7', 95, 12, 0, 'mg/dL', 70, 99, [DIABETES, 60]),
      test('2160-0', 0.9, 0.2, 2, 'mg/dL', 0.5, 1.3, ['433144002', 0.9]),
      test('3094-0', 14, 4, 0, 'mg/dL', 7, 20),
      test('2951-2', 140, 2, 0, 'mmol/L', 135, 145),
      test('2823-3', 4.2, 0.4, 1, 'mmol/L', 3.5, 5.1),
      test('2075-0', 102, 3, 0, 'mmol/L', 98, 107),
      test('17861-6', 9.4, 0.4, 1, 'mg/dL', 8.5, 10.5),
      test('1742-6', 25, 9, 0, 'U/L', 7, 56),
      test('1920-8', 24, 8, 0, '[iU]/L', 10, 40),
      test('1751-7', 4.2, 0.3, 1, 'g/dL', 3.5, 5),
      test('33914-3', 85, 15, 0, 'mL/min/{1.73_m2}', 60),
    ],
  },
  {
    code: '58410-2',
    tests: [
      test('718-7', 13.9, 1.3, 1, 'g/dL', 12, 17.5, ['271737000', -3]),
      test('4544-3', 41, 4, 1, '%', 36, 52),
      test('6690-2', 7.2, 1.8, 1, '10*3/uL', 4, 11),
      test('789-8', 4.7, 0.4, 2, '10*6/uL', 4.2, 5.9),
      test('777-3', 250, 55, 0, '10*3/uL', 150, 400),
      test('787-2', 89, 5, 0, 'fL', 80, 100),
    ],
  },
  {
    code: '57698-3',
    tests: [
      test('2093-3', 190, 32, 0, 'mg/dL', undefined, 200, ['55822004', 40]),
      test('13457-7', 112, 28, 0, 'mg/dL', undefined, 130, ['55822004', 30]),
      test('2085-9', 53, 12, 0, 'mg/dL', 40),
      test('2571-8', 130, 50, 0, 'mg/dL', undefined, 150),
    ],
  },
];

const SINGLES: readonly Test[] = [
  test('4548-4', 5.5, 0.4, 1, '%', 4, 5.6, [DIABETES, 2]),
  test('2276-4', 90, 60, 0, 'ng/mL', 15, 300),
  test('1988-5', 3, 2, 1, 'mg/L', 0, 5),
  test('14959-1', 15, 10, 0, 'mg/g', 0, 30),
  test('6301-6', 1.1, 0.2, 1, '{ratio}', 0.9, 1.2),
  test('89579-7', 9, 6, 0, 'ng/L', 0, 14),
  test('33762-6', 90, 70, 0, 'pg/mL', 0, 125, ['84114007', 1500]),
  test('4537-7', 11, 7, 0, 'mm/h', 0, 20),
];

function result(chart: Chart, visit: Visit, at: number, { shift, ...test }: Test): Resource {
  const { random } = chart;
  const code = codeable(coding('LOINC', test.code));
  if (random.chance(0.006)) {
    return observation(chart, visit, at, 'laboratory', code, {
      dataAbsentReason: hl7('data-absent-reason', 'error'),
    });
  }
  const mean = test.mean + (shift !== undefined && has(chart, shift[0]) ? shift[1] : 0);
  const value = Math.max(test.mean * 0.05, round(random.normal(mean, test.deviation), test.digits));
  const flag =
    test.high !== undefined && value > test.high
      ? 'H'
      : test.low !== undefined && value < test.low
        ? 'L'
        : 'N';
  // Below or above what the device can measure.
  const comparator = random.chance(0.01) ? random.pick(['<', '<=', '>=', '>']) : undefined;
  return observation(chart, visit, at, 'laboratory', code, {
    valueQuantity: quantity(round(value, test.digits), test.unit, comparator),
    ...(random.chance(0.8) ? { interpretation: [hl7('v3-ObservationInterpretation', flag)] } : {}),
    referenceRange: [
      {
        ...(test.low === undefined ? {} : { low: quantity(test.low, test.unit) }),
        ...(test.high === undefined ? {} : { high: quantity(test.high, test.unit) }),
      },
    ],
  });
}

/** One result more: a number, a coded answer, a string, a house test, or text without a code. */
function single(chart: Chart, visit: Visit, at: number): Resource[] {
  const { random } = chart;
  const lab = (code: CodeableConcept, content: Content) =>
    observation(chart, visit, at, 'laboratory', code, content);
  const positive = random.chance(0.2);
  const choice = random.weighted([
    [60, 'number'],
    [12, 'covid'],
    [8, 'urine'],
    [6, 'culture'],
    [4, 'unit without code'],
    [4, 'house'],
    [3, 'text'],
    [3, 'range'],
  ] as const);
  switch (choice) {
    case 'number':
      return [result(chart, visit, at, has(chart, DIABETES) ? firstSingle() : random.pick(SINGLES))];
    case 'covid':
      return [
        lab(codeable(coding('LOINC', '94500-6')), {
          valueCodeableConcept: codeable(coding('SNOMED', positive ? '260373001' : '260415000')),
          interpretation: [hl7('v3-ObservationInterpretation', positive ? 'POS' : 'NEG')],
        }),
      ];
    case 'urine':
      return [
        lab(codeable(coding('LOINC', '5803-2')), {
          valueQuantity: quantity(round(random.normal(6, 0.5), 1), 'pH'),
        }),
        lab(codeable(coding('LOINC', '5778-6')), { valueString: random.pick(['yellow', 'straw', 'amber']) }),
        lab(codeable(coding('LOINC', '2514-8')), {
          valueCodeableConcept: codeable(coding('LOINC', positive ? 'LA6576-8' : 'LA6577-6')),
        }),
      ];
    case 'culture':
      return [
        lab(codeable(coding('LOINC', '630-4')), {
          valueString: positive
            ? 'Escherichia coli > 100,000 CFU/mL; sensitive to nitrofurantoin'
            : 'No growth',
        }),
      ];
    case 'unit without code':
      return [
        lab(codeable(coding('LOINC', '3016-3')), {
          valueQuantity: { value: round(random.normal(2.1, 0.8), 2), unit: 'mIU/L' },
        }),
      ];
    case 'house':
      return [
        lab(codeable(localCoding(LOCAL_SYSTEM, random.pick(['LAB-4711', 'LAB-4711', 'LAB-4712']))), {
          valueBoolean: positive,
        }),
      ];
    case 'text':
      return [lab({ text: 'Sendout: trace element screen' }, { valueString: 'see scanned report' })];
    case 'range':
      return [
        lab(codeable(coding('LOINC', '5811-5')), {
          valueRange: { low: { value: 1.01 }, high: { value: 1.02 } },
        }),
      ];
  }
}

function firstSingle(): Test {
  const [a1c] = SINGLES;
  if (a1c === undefined) throw new Error('expected A1c as the first single test');
  return a1c;
}

function report(
  chart: Chart,
  visit: Visit,
  at: number,
  code: string,
  results: readonly Resource[],
): Resource {
  return {
    resourceType: 'DiagnosticReport',
    id: chart.random.uuid(),
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'LAB' }] }],
    code: { coding: [{ system: SYSTEMS.LOINC, code }] },
    subject: subject(chart),
    encounter: link(chart, 'Encounter', visit.id),
    effectiveDateTime: dateTime(at),
    issued: instant(at + HOUR),
    result: results.map(({ id }) => link(chart, 'Observation', id)),
    ...(chart.random.chance(0.2) ? { conclusion: 'No acute findings. Clinical correlation advised.' } : {}),
  };
}
