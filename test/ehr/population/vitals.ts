/** Vital signs, with the blood pressure as a panel of components. */

import type { Resource } from '../../../jobs/map/types.ts';
import { codeable, coding, localCoding, quantity } from '../codes.ts';
import { LOCAL_SYSTEM } from '../unmapped.ts';
import { age, type Chart, has, type Visit } from './chart.ts';
import { type Content, observation, round } from './observation.ts';
import { MINUTE } from './time.ts';

const HYPERTENSION = '59621000';

export function vitals(chart: Chart, visit: Visit): Resource[] {
  const { random } = chart;
  const at = visit.start + random.int(2, 20) * MINUTE;
  const record = (code: string, content: Content) =>
    observation(chart, visit, at, 'vital-signs', codeable(coding('LOINC', code)), content);
  const value = (code: string, number: number, unit: string) =>
    record(code, { valueQuantity: quantity(number, unit) });

  const adult = age(chart, at) >= 18;
  const height = adult
    ? (chart.female ? 163 : 176) + ((chart.born / 1000) % 13) - 6
    : childHeight(age(chart, at));
  const bmi = adult ? 21 + ((chart.born / 1000) % 14) + random.normal(0, 0.6) : 16;
  const resources = [
    bloodPressure(chart, visit, at),
    value('8867-4', Math.round(random.normal(76, 9)), '/min'),
    value('29463-7', round((bmi * height * height) / 10_000, 1), 'kg'),
    value('8310-5', round(random.normal(36.8, 0.3), 1), 'Cel'),
  ];
  if (random.chance(0.6)) resources.push(value('9279-1', Math.round(random.normal(16, 2)), '/min'));
  if (random.chance(0.5))
    resources.push(value('59408-5', Math.min(100, Math.round(random.normal(97, 1.4))), '%'));
  if (random.chance(adult ? 0.3 : 0.9)) resources.push(value('8302-2', round(height, 1), 'cm'));
  if (adult && random.chance(0.5)) resources.push(value('39156-5', round(bmi, 1), 'kg/m2'));
  if (age(chart, at) < 2) resources.push(value('9843-4', round(random.normal(44, 2), 1), 'cm'));
  if (random.chance(0.15)) resources.push(record('72514-3', { valueInteger: random.int(0, 10) }));
  if (random.chance(0.02)) {
    resources.push(
      observation(chart, visit, at, 'vital-signs', codeable(localCoding(LOCAL_SYSTEM, 'VS-12')), {
        valueQuantity: quantity(random.int(1, 24), '{score}'),
      }),
    );
  }
  return resources;
}

/** Now and then one of the two pressures could not be taken. */
function bloodPressure(chart: Chart, visit: Visit, at: number): Resource {
  const { random } = chart;
  const raised = has(chart, HYPERTENSION) ? 18 : 0;
  const pressure = (code: string, value: number) => ({
    code: codeable(coding('LOINC', code)),
    ...(random.chance(0.01)
      ? { dataAbsentReason: { coding: [{ system: ABSENT, code: 'not-performed' }] } }
      : { valueQuantity: quantity(Math.round(value), 'mm[Hg]') }),
  });
  return observation(chart, visit, at, 'vital-signs', codeable(coding('LOINC', '85354-9')), {
    component: [
      pressure('8480-6', random.normal(118 + raised, 10)),
      pressure('8462-4', random.normal(75 + raised / 2, 7)),
    ],
  });
}

const ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';

function childHeight(years: number): number {
  return 50 + Math.min(18, Math.max(0, years)) * 6.8;
}
