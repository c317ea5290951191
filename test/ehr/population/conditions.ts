/**
 * Conditions: long-term problems, encounter diagnoses, and the awkward ones (refuted, entered in error, provisional,
 * ICD-10-CM only, a house code, text only).
 */

import type { Resource } from '../../../jobs/map/types.ts';
import { type CodeableConcept, type Coding, codeable, coding, hl7, localCoding } from '../codes.ts';
import { LOCAL_SYSTEM } from '../unmapped.ts';
import { type Chart, link, subject, type Visit } from './chart.ts';
import { DAY, dateTime, day } from './time.ts';

/** SNOMED code → how common, from which age, and the ICD-10-CM code that billing adds. */
export const PROBLEMS: readonly (readonly [code: string, share: number, fromAge: number, icd?: string])[] = [
  ['59621000', 0.36, 30, 'I10'],
  ['55822004', 0.3, 35, 'E78.5'],
  ['44054006', 0.16, 35, 'E11.9'],
  ['195967001', 0.09, 4, 'J45.909'],
  ['414916001', 0.2, 18, 'E66.9'],
  ['235595009', 0.14, 25, 'K21.9'],
  ['370143000', 0.12, 16],
  ['21897009', 0.1, 16, 'F41.1'],
  ['279039007', 0.18, 25, 'M54.50'],
  ['239873007', 0.12, 50],
  ['40930008', 0.07, 30, 'E03.9'],
  ['13645005', 0.06, 50],
  ['53741008', 0.07, 55],
  ['49436004', 0.05, 60],
  ['84114007', 0.04, 60],
  ['433144002', 0.05, 55],
  ['73430006', 0.06, 35],
  ['37796009', 0.08, 15],
  ['64859006', 0.06, 60],
  ['15777000', 0.08, 40],
  ['271737000', 0.05, 20],
  ['254837009', 0.02, 45],
  ['26929004', 0.02, 72],
];

const ACUTE: readonly (readonly [code: string, icd?: string])[] = [
  ['195662009'],
  ['10509002', 'J20.9'],
  ['444814009'],
  ['68566005', 'N39.0'],
  ['44465007'],
  ['65363002'],
  ['233604007', 'J18.9'],
  ['840539006'],
  ['386661006'],
  ['25064002'],
  ['49727002'],
  ['62106007'],
  ['65966004'],
];

/** Codes that billing gives alone. */
const ICD_ONLY = ['K92.2', 'N92.1', 'Z85.118', 'Z94.81', 'V89.2XXA', 'I10', 'E11.9'];

export function problem(chart: Chart, code: string, since: number): Resource {
  const { random } = chart;
  const icd = PROBLEMS.find(([snomed]) => snomed === code)?.[3];
  const codings = random.chance(0.7) || icd === undefined ? [coding('SNOMED', code)] : [];
  if (icd !== undefined) codings.push(coding('ICD10CM', icd));
  const resolved = random.chance(0.08);
  return {
    ...frame(chart, 'problem-list-item', codeable(...codings), resolved ? 'resolved' : 'active'),
    // People remember the year or the month.
    onsetDateTime: random.weighted([
      [80, dateTime(since)],
      [12, day(since).slice(0, 7)],
      [8, day(since).slice(0, 4)],
    ]),
    ...(resolved ? { abatementDateTime: dateTime(since + random.int(60, 400) * DAY) } : {}),
    recordedDate: dateTime(since + random.int(0, 30) * DAY),
  };
}

export function diagnosis(chart: Chart, visit: Visit): Resource {
  const { random } = chart;
  const over = random.chance(0.8);
  return {
    ...frame(chart, 'encounter-diagnosis', acuteCode(chart), over ? 'resolved' : 'active'),
    encounter: link(chart, 'Encounter', visit.id),
    recorder: link(chart, 'Practitioner', visit.practitioner),
    ...(random.chance(0.1)
      ? { onsetPeriod: { start: dateTime(visit.start - 3 * DAY), end: dateTime(visit.start + 6 * DAY) } }
      : { onsetDateTime: dateTime(visit.start - random.int(0, 5) * DAY) }),
    ...(over && random.chance(0.8)
      ? { abatementDateTime: dateTime(visit.start + random.int(3, 40) * DAY) }
      : {}),
    recordedDate: dateTime(visit.start),
  };
}

export function birthRecord(chart: Chart): Resource {
  const content = frame(chart, 'encounter-diagnosis', codeable(coding('ICD10CM', 'Z38.00')), 'active');
  return { ...content, onsetDateTime: dateTime(chart.born), recordedDate: dateTime(chart.born) };
}

function acuteCode({ random }: Chart): CodeableConcept {
  const choice = random.weighted([
    [78, 'acute'],
    [14, 'icd'],
    [3, 'social'],
    [3, 'house'],
    [2, 'text'],
  ] as const);
  if (choice === 'icd') return codeable(coding('ICD10CM', random.pick(ICD_ONLY)));
  if (choice === 'social')
    return codeable(coding('SNOMED', random.pick(['73595000', '422650009', '399211009'])));
  if (choice === 'house') return codeable(localCoding(LOCAL_SYSTEM, 'DX-88'));
  if (choice === 'text') return { text: 'Feels unwell since the holidays' };
  const [snomed, icd] = random.pick(ACUTE);
  const codings: Coding[] = [coding('SNOMED', snomed)];
  if (icd !== undefined && random.chance(0.6)) codings.unshift(coding('ICD10CM', icd));
  return codeable(...codings);
}

function frame(chart: Chart, category: string, code: CodeableConcept, clinicalStatus: string): Resource {
  const verification = chart.random.weighted([
    [86, 'confirmed'],
    [5, undefined],
    [3, 'provisional'],
    [2, 'differential'],
    [2, 'unconfirmed'],
    [1, 'refuted'],
    [1, 'entered-in-error'],
  ] as const);
  return {
    resourceType: 'Condition',
    id: chart.random.uuid(),
    // Constraint con-5: no clinical status when entered in error.
    ...(verification === 'entered-in-error'
      ? {}
      : { clinicalStatus: hl7('condition-clinical', clinicalStatus) }),
    ...(verification === undefined ? {} : { verificationStatus: hl7('condition-ver-status', verification) }),
    category: [hl7('condition-category', category)],
    code,
    subject: subject(chart),
  };
}
