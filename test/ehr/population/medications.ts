/**
 * MedicationRequests: coded (RxNorm, NDC, both), by reference to a Medication, contained; with sig, route, dispense
 * request; plans, proposals and cancelled ones too.
 */

import type { Resource } from '../../../jobs/map/types.ts';
import { type Coding, codeable, coding, localCoding, quantity, SYSTEMS } from '../codes.ts';
import { LOCAL_SYSTEM } from '../unmapped.ts';
import { type Chart, link, subject, type Visit } from './chart.ts';
import { dateTime } from './time.ts';

/** What is prescribed for a long-term problem (SNOMED → RxNorm). */
const FOR_PROBLEM: Readonly<Record<string, readonly string[]>> = {
  '59621000': ['310798', '314076', '314077', '197361', '308136', '979492', '746030'],
  '55822004': ['314231', '312961', '259255'],
  '44054006': ['860975'],
  '195967001': ['745679', '895994', '896209'],
  '370143000': ['312938', '310385'],
  '21897009': ['312938'],
  '279039007': ['198014', '849574'],
  '239873007': ['198014', '198440'],
  '40930008': ['966222'],
  '53741008': ['309362', '243670', '705129'],
  '49436004': ['855332', '197604'],
  '84114007': ['313988'],
};

const FOR_ANYTHING = [
  '313782',
  '198440',
  '310965',
  '308182',
  '308192',
  '834102',
  '562251',
  '308460',
  '312615',
  '312617',
  '1049221',
  '857005',
];

const INHALED = new Set(['745679', '895994', '896209']);

export function medicationRequests(chart: Chart, visit: Visit): Resource[] {
  const { random } = chart;
  const drugs = chart.problems.flatMap((problem) => {
    const options = FOR_PROBLEM[problem];
    return options !== undefined && random.chance(0.45) ? [random.pick(options)] : [];
  });
  if (random.chance(0.35)) drugs.push(random.pick(FOR_ANYTHING));
  const requests = drugs.map((drug) => request(chart, visit, drug));
  if (visit.class === 'IMP' || visit.class === 'EMER') {
    for (let n = random.int(0, 2); n > 0; n--) requests.push(referring(chart, visit));
  }
  return requests;
}

function request(chart: Chart, visit: Visit, rxnorm: string): Resource {
  const { random } = chart;
  const inhaled = INHALED.has(rxnorm);
  const codings = drugCodings(chart, rxnorm);
  const perDay = random.pick([1, 1, 1, 2, 3]);
  const days = random.pick([10, 30, 30, 90]);
  return {
    ...frame(chart, visit),
    medicationCodeableConcept: random.chance(0.01)
      ? { text: 'Home remedy, as discussed' }
      : codeable(...codings),
    dosageInstruction: [
      {
        text: inhaled ? '2 puffs as needed' : `Take ${perDay} a day by mouth`,
        timing: { repeat: { frequency: perDay, period: 1, periodUnit: 'd' } },
        route: codeable(coding('SNOMED', inhaled ? '447694001' : '26643006')),
        doseAndRate: [{ doseQuantity: quantity(inhaled ? 2 : 1, inhaled ? '{index}' : '{tbl}') }],
      },
    ],
    dispenseRequest: {
      validityPeriod: { start: dateTime(visit.end) },
      numberOfRepeatsAllowed: random.int(0, 3),
      quantity: quantity(perDay * days, '{tbl}'),
      ...(random.chance(0.7) ? { expectedSupplyDuration: { ...quantity(days, 'd'), unit: 'days' } } : {}),
    },
  };
}

/** Hospital orders name a Medication: another resource, or one contained in the request. */
function referring(chart: Chart, visit: Visit): Resource {
  const { random, facility } = chart;
  const { id, text } = random.pick(facility.medications);
  const contained = random.chance(0.3);
  return {
    ...frame(chart, visit),
    ...(contained
      ? {
          contained: [
            {
              resourceType: 'Medication',
              id: 'med1',
              code: codeable(coding('RxNorm', random.pick(['1740467', '1732136']))),
            },
          ],
          medicationReference: { reference: '#med1' },
        }
      : { medicationReference: { ...link(chart, 'Medication', id), display: text } }),
    dosageInstruction: [
      {
        text: 'as ordered',
        route: codeable(coding('SNOMED', random.pick(['47625008', '78421000', '34206005']))),
        doseAndRate: [{ doseQuantity: quantity(random.pick([1, 2, 4]), 'mL') }],
      },
    ],
  };
}

function drugCodings({ random }: Chart, rxnorm: string): Coding[] {
  const choice = random.weighted([
    [91, 'rxnorm'],
    [5, 'ndc'],
    [2, 'unknown ndc'],
    [2, 'house'],
  ] as const);
  if (choice === 'ndc') return [ndc(random.pick(NDCS))];
  if (choice === 'unknown ndc') return [coding('NDC', '99999-1234-01')];
  if (choice === 'house') return [localCoding(LOCAL_SYSTEM, 'MED-307')];
  return [coding('RxNorm', rxnorm)];
}

/** NDCs as systems send them: eleven digits, or the package's ten in one of the layouts with hyphens. */
const NDCS = [
  ['00025152531', '00025152531'],
  ['00025152531', '0025-1525-31'],
  ['00781178901', '00781-1789-01'],
  ['13668021990', '13668-219-90'],
] as const;

function ndc([listed, sent]: (typeof NDCS)[number]): Coding {
  return { ...coding('NDC', listed), system: SYSTEMS.NDC, code: sent };
}

function frame(chart: Chart, visit: Visit): Resource {
  const { random } = chart;
  return {
    resourceType: 'MedicationRequest',
    id: random.uuid(),
    status: random.weighted([
      [55, 'completed'],
      [30, 'active'],
      [7, 'stopped'],
      [4, 'cancelled'],
      [2, 'draft'],
      [1, 'on-hold'],
      [1, 'entered-in-error'],
    ]),
    intent: random.weighted([
      [90, 'order'],
      [4, 'instance-order'],
      [3, 'plan'],
      [2, 'proposal'],
      [1, 'filler-order'],
    ]),
    ...(random.chance(0.01) ? { doNotPerform: true } : {}),
    ...(random.chance(0.02) ? { reportedBoolean: true } : {}),
    subject: subject(chart),
    encounter: link(chart, 'Encounter', visit.id),
    authoredOn: dateTime(visit.start + 600_000),
    requester: random.chance(0.03)
      ? { reference: 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1999999984' }
      : link(chart, 'Practitioner', visit.practitioner),
  };
}
