/** Procedures: done and not done, in SNOMED, HCPCS, ICD-10-PCS and a house code; some belong to other OMOP domains. */

import type { Resource } from '../../../jobs/map/types.ts';
import { type CodeableConcept, codeable, coding, localCoding } from '../codes.ts';
import { LOCAL_SYSTEM } from '../unmapped.ts';
import { type Chart, link, subject, type Visit } from './chart.ts';
import { isStay } from './encounter.ts';
import { dateTime, HOUR, MINUTE } from './time.ts';

const CLINIC = [
  '430193006',
  '5880005',
  '171207006',
  '710824005',
  '763302001',
  '428191000124101',
  '29303009',
  '127783003',
];
const HOSPITAL = [
  '399208008',
  '40701008',
  '415070008',
  '80146002',
  '73761001',
  '609588000',
  '305351004',
  '302497006',
  '274474001',
];
const BILLED = ['G0442', 'G0443', 'C8929', 'G0257', 'C1785', 'U0003'];
const INPATIENT = ['5A1955Z', '0DBK0ZZ', '30233G1'];

export function procedures(chart: Chart, visit: Visit): Resource[] {
  const count = isStay(visit) ? chart.random.int(1, 3) : chart.random.chance(0.5) ? 1 : 0;
  return Array.from({ length: count }, () => procedure(chart, visit));
}

function procedure(chart: Chart, visit: Visit): Resource {
  const { random } = chart;
  const start = visit.start + random.int(10, 50) * MINUTE;
  return {
    resourceType: 'Procedure',
    id: random.uuid(),
    status: random.weighted([
      [93, 'completed'],
      [3, 'not-done'],
      [2, 'in-progress'],
      [1, 'stopped'],
      [1, 'entered-in-error'],
    ]),
    code: code(chart, visit),
    subject: subject(chart),
    encounter: link(chart, 'Encounter', visit.id),
    ...(random.chance(0.6)
      ? { performedPeriod: { start: dateTime(start), end: dateTime(start + HOUR / 2) } }
      : { performedDateTime: dateTime(start) }),
    performer: [{ actor: link(chart, 'Practitioner', visit.practitioner) }],
  };
}

function code({ random }: Chart, visit: Visit): CodeableConcept {
  if (random.chance(0.02)) return codeable(localCoding(LOCAL_SYSTEM, 'PROC-9'));
  if (random.chance(0.07)) return codeable(coding('HCPCS', random.pick(BILLED)));
  if (visit.class === 'IMP' && random.chance(0.2))
    return codeable(coding('ICD10PCS', random.pick(INPATIENT)));
  return codeable(coding('SNOMED', random.pick(isStay(visit) ? HOSPITAL : CLINIC)));
}
