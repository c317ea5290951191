/** Encounters: class, status, type, participants, place, and for stays where from and where to. */

import type { Resource } from '../../../jobs/map/types.ts';
import { codeable, coding, hl7 } from '../codes.ts';
import { type Chart, link, subject, type Visit } from './chart.ts';
import { DAY, dateTime, HOUR, MINUTE } from './time.ts';

/** A visit that starts at that moment; its class decides how long it lasts. */
export function newVisit(chart: Chart, start: number, visitClass?: string): Visit {
  const { random, facility } = chart;
  const chosen =
    visitClass ??
    random.weighted([
      [70, 'AMB'],
      [9, 'VR'],
      [8, 'EMER'],
      [7, 'IMP'],
      [4, 'HH'],
      [2, 'OBSENC'],
    ] as const);
  const length =
    chosen === 'IMP'
      ? random.int(1, 9) * DAY + random.int(0, 600) * MINUTE
      : chosen === 'OBSENC'
        ? random.int(8, 30) * HOUR
        : chosen === 'EMER'
          ? random.int(1, 11) * HOUR
          : random.int(2, 8) * 10 * MINUTE;
  return {
    id: random.uuid(),
    class: chosen,
    start,
    end: start + length,
    practitioner: random.pick(facility.practitioners),
  };
}

/** `now`: a visit that has not ended by then is in progress. */
export function encounter(chart: Chart, visit: Visit, status: string, now: number): Resource {
  const { random, facility } = chart;
  const open = visit.end > now;
  const period = open
    ? { start: dateTime(visit.start) }
    : { start: dateTime(visit.start), end: dateTime(visit.end) };
  return {
    resourceType: 'Encounter',
    id: visit.id,
    status: open && status === 'finished' ? 'in-progress' : status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: visit.class },
    type: [codeable(coding('SNOMED', TYPES[visit.class] ?? '185347001'))],
    subject: subject(chart),
    participant: [
      {
        type: [hl7('v3-ParticipationType', visit.class === 'IMP' ? 'ATND' : 'PPRF')],
        individual: link(chart, 'Practitioner', visit.practitioner),
      },
    ],
    period,
    ...(isStay(visit) ? { hospitalization: hospitalization(chart, open) } : {}),
    location: [{ location: link(chart, 'Location', random.pick(facility.locations)) }],
    serviceProvider: link(chart, 'Organization', random.pick(facility.organizations)),
  };
}

export function isStay(visit: Visit): boolean {
  return visit.class === 'IMP' || visit.class === 'EMER' || visit.class === 'OBSENC';
}

const TYPES: Readonly<Record<string, string>> = {
  AMB: '185349003',
  EMER: '50849002',
  IMP: '32485007',
};

function hospitalization({ random }: Chart, open: boolean) {
  const from = random.weighted([
    [50, 'emd'],
    [20, 'outp'],
    [10, 'gp'],
    [8, 'hosp-trans'],
    [5, 'nursing'],
    [7, undefined],
  ] as const);
  const to = random.weighted([
    [66, 'home'],
    [10, 'snf'],
    [6, 'rehab'],
    [5, 'psy'],
    [4, 'hosp'],
    [3, 'long'],
    [3, 'aadvice'],
    [3, undefined],
  ] as const);
  return {
    ...(from === undefined ? {} : { admitSource: hl7('admit-source', from) }),
    ...(open || to === undefined ? {} : { dischargeDisposition: hl7('discharge-disposition', to) }),
  };
}
