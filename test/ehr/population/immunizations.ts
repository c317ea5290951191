/** Vaccinations: the flu each autumn, others by age; refused ones and self-reported ones too. */

import type { Resource } from '../../../jobs/map/types.ts';
import { codeable, coding, quantity } from '../codes.ts';
import { age, type Chart, link, subject, type Visit } from './chart.ts';
import { dateTime } from './time.ts';

export function immunizations(chart: Chart, visit: Visit): Resource[] {
  const { random } = chart;
  const years = age(chart, visit.start);
  const vaccines: string[] = [];
  const month = new Date(visit.start).getUTCMonth();
  if (month >= 8 && random.chance(0.6)) vaccines.push('140');
  if (years < 2)
    vaccines.push(random.pick(['10', '133', '119', '20', '49', '83']), random.pick(['21', '20']));
  else if (years < 18 && random.chance(0.25)) vaccines.push(random.pick(['114', '62', '115']));
  else if (years >= 65 && random.chance(0.12)) vaccines.push(random.pick(['33', '121', '133']));
  else if (random.chance(0.06)) vaccines.push(random.pick(['113', '115', '52', '43', '208']));
  return vaccines.map((cvx) => immunization(chart, visit, cvx));
}

function immunization(chart: Chart, visit: Visit, cvx: string): Resource {
  const { random } = chart;
  const refused = random.chance(0.03);
  return {
    resourceType: 'Immunization',
    id: random.uuid(),
    status: refused ? 'not-done' : 'completed',
    vaccineCode: codeable(coding('CVX', cvx)),
    patient: subject(chart),
    encounter: link(chart, 'Encounter', visit.id),
    occurrenceDateTime: dateTime(visit.start + 900_000),
    primarySource: !random.chance(0.03),
    ...(refused
      ? {}
      : {
          lotNumber: `L${random.int(1000, 9999)}`,
          route: codeable(coding('SNOMED', '78421000')),
          doseQuantity: quantity(0.5, 'mL'),
        }),
  };
}
