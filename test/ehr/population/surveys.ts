/** Questionnaires and social history: scores, coded answers, findings that are their own question. */

import type { Resource } from '../../../jobs/map/types.ts';
import { codeable, coding, quantity } from '../codes.ts';
import { age, type Chart, link, type Visit } from './chart.ts';
import { observation } from './observation.ts';
import { MINUTE } from './time.ts';

export function surveys(chart: Chart, visit: Visit): Resource[] {
  const { random } = chart;
  const at = visit.start + 15 * MINUTE;
  const resources: Resource[] = [];
  if (age(chart, at) < 14) return resources;
  if (random.chance(0.45)) {
    resources.push(
      observation(chart, visit, at, 'social-history', codeable(coding('LOINC', '72166-2')), {
        valueCodeableConcept: codeable(smoking(chart)),
      }),
    );
  }
  if (random.chance(0.25)) {
    const [code, top] = random.pick([
      ['44261-6', 27],
      ['55758-7', 6],
      ['70274-6', 21],
    ] as const);
    resources.push(
      observation(chart, visit, at, 'survey', codeable(coding('LOINC', code)), {
        valueQuantity: quantity(random.int(0, top), '{score}'),
        // The patient filled it in.
        ...(random.chance(0.5) ? { performer: [link(chart, 'Patient', chart.patientId)] } : {}),
      }),
    );
  }
  if (random.chance(0.05)) {
    const finding = random.pick(['160903007', '160904001', '224299000', '713458007']);
    resources.push(
      observation(chart, visit, at, 'social-history', codeable(coding('SNOMED', finding)), {
        valueBoolean: true,
      }),
    );
  }
  return resources;
}

/** A person's habit stays the same over the years; the code systems differ by who recorded it. */
function smoking(chart: Chart) {
  const habit = Math.abs(Math.floor(chart.born / 86_400_000)) % 10;
  if (habit < 6) return coding('LOINC', 'LA18978-9');
  if (habit < 8) return chart.random.chance(0.5) ? coding('LOINC', 'LA15920-4') : coding('SNOMED', '8517006');
  return chart.random.chance(0.5) ? coding('LOINC', 'LA18976-3') : coding('SNOMED', '449868002');
}
