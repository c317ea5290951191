/**
 * Answers that say that something is not there, or do not say that it is: a finding with one of them is nothing that the
 * person has (project.ts keeps it out of conditions, drugs, procedures and devices).
 *
 * The codes are SNOMED CT's qualifier values of absence and of doubt, with those that the CSTE value set "Negative or
 * Undetected Lab Result Value" (2.16.840.1.113762.1.4.1146.1034) and German and IPS guides use. Beside them stand
 * LOINC's answer lists, HL7's v2 tables 0136 and 0532, and v3 ObservationInterpretation (v2 table 0078). "Normal" is
 * not among them: it says what a finding is like.
 */

import { VALUE } from '../cdm/concepts.ts';
import { systemKey } from './code-systems.ts';
import { list, object, objects, saysAbsent, text } from './fhir.ts';

const SNOMED: Readonly<Record<string, string>> = {
  // Not there.
  '2667000': 'Absent',
  '410516002': 'Known absent',
  '410594000': 'Definitely NOT present',
  '410593006': 'Probably NOT present',
  '373572006': 'Clinical finding absent',
  '272519000': 'Absence findings',
  '260385009': 'Negative',
  '373067005': 'No',
  '260413007': 'None',
  '441889009': 'Denied',
  '260415000': 'Not detected',
  '281297005': 'Analyte not detected',
  '895231008': 'Not detected in pooled specimen',
  '264887000': 'Not isolated',
  '264868006': 'No growth',
  '27863008': 'No organisms seen',
  '47492008': 'Not seen',
  '260389003': 'No reaction',
  '131194007': 'Non-reactive',
  '444991000124106': 'Repeatedly non-reactive',
  // Not known, not asked, not to be said.
  '261665006': 'Unknown',
  '373068000': 'Undetermined',
  '82334004': 'Indeterminate',
  '42425007': 'Equivocal',
  '419984006': 'Inconclusive',
  '443390004': 'Refused',
  '1220561009': 'Not recorded',
  '385660001': 'Not done',
  '262008008': 'Not performed',
  '385432009': 'Not applicable',
  '455371000124106': 'Invalid result',
  '125154007': 'Specimen unsatisfactory for evaluation',
};

const LOINC: Readonly<Record<string, string>> = {
  'LA32-8': 'No',
  'LA137-2': 'None',
  'LA6568-5': 'Not at all',
  'LA6577-6': 'Negative',
  'LA9634-2': 'Absent',
  'LA16631-6': '0 - absent',
  'LA24816-3': 'None / absent',
  'LA11883-8': 'Not detected',
  'LA13549-3': 'Not detected/negative',
  'LA15256-3': 'Nonreactive',
  'LA26683-5': 'Not pregnant',
  'LA4489-6': 'Unknown',
  'LA12688-0': "Don't know",
  'LA14072-5': 'Unsure',
  'LA11884-6': 'Indeterminate',
  'LA11885-3': 'Equivocal',
  'LA9663-1': 'Inconclusive',
  'LA15841-2': 'Invalid',
  'LA18198-4': 'No call',
  'LA13538-6': 'Not tested',
  'LA4389-8': 'Refused',
  'LA30122-8': 'I choose not to answer this question',
};

const YES_NO: Readonly<Record<string, string>> = {
  N: 'No',
  NI: 'No information',
  NA: 'Not applicable',
  UNK: 'Unknown',
  NASK: 'Not asked',
  ASKU: 'Asked but unknown',
  NAV: 'Temporarily unavailable',
  NP: 'Not present',
};

const INTERPRETED: Readonly<Record<string, string>> = {
  NEG: 'Negative',
  ND: 'Not detected',
  NR: 'Non-reactive',
  IND: 'Indeterminate',
  E: 'Equivocal',
};

/** Systems as code-systems.ts writes them. */
const ANSWERS = new Map<string, Readonly<Record<string, string>>>([
  ['snomed.info/sct', SNOMED],
  ['2.16.840.1.113883.6.96', SNOMED],
  ['loinc.org', LOINC],
  ['2.16.840.1.113883.6.1', LOINC],
  ['terminology.hl7.org/codesystem/v2-0136', YES_NO],
  ['hl7.org/fhir/v2/0136', YES_NO],
  ['2.16.840.1.113883.12.136', YES_NO],
  ['terminology.hl7.org/codesystem/v2-0532', YES_NO],
  ['hl7.org/fhir/v2/0532', YES_NO],
  ['2.16.840.1.113883.12.532', YES_NO],
  ['terminology.hl7.org/codesystem/v3-observationinterpretation', INTERPRETED],
  ['hl7.org/fhir/v3/observationinterpretation', INTERPRETED],
  ['2.16.840.1.113883.5.83', INTERPRETED],
  ['terminology.hl7.org/codesystem/v2-0078', INTERPRETED],
  ['hl7.org/fhir/v2/0078', INTERPRETED],
  ['2.16.840.1.113883.12.78', INTERPRETED],
]);

/** Standard concepts that local answers are mapped to. */
const CONCEPTS = new Set<number>([
  VALUE.no.id,
  VALUE.noAnswer.id,
  VALUE.negative.id,
  VALUE.negativeAnswer.id,
  VALUE.notDetected.id,
  VALUE.absent.id,
]);

const WORDS = new Set([
  ...['no', 'none', 'nil', 'never', 'false', 'negative', 'neg', 'absent', 'not present', 'denies', 'denied'],
  ...['not detected', 'undetected', 'none detected', 'not seen', 'none seen', 'not found', 'none found'],
  ...['not observed', 'no growth', 'nonreactive', 'non-reactive', 'non reactive', 'ruled out', 'not at all'],
  ...['unknown', 'unk', 'not known', 'undetermined', 'indeterminate', 'equivocal', 'inconclusive', 'invalid'],
  ...[
    'uncertain',
    'unsure',
    'not sure',
    "don't know",
    'do not know',
    'unable to determine',
    'unable to assess',
  ],
  ...[
    'not asked',
    'not assessed',
    'not evaluated',
    'not examined',
    'not tested',
    'not done',
    'not performed',
  ],
  ...['not recorded', 'not documented', 'not applicable', 'n/a', 'refused', 'declined', 'patient refused'],
  ...['patient declined', 'declined to answer', 'prefer not to answer', 'prefer not to say', 'not answered'],
  // German, French, Spanish, Italian, Dutch, Portuguese.
  ...['nein', 'keine', 'negativ', 'nicht vorhanden', 'nicht nachgewiesen', 'nicht nachweisbar', 'unbekannt'],
  ...['non', 'négatif', 'négative', 'absente', 'inconnu', 'negativo', 'negativa', 'ausente', 'desconocido'],
  ...['assente', 'sconosciuto', 'nee', 'negatief', 'afwezig', 'onbekend', 'não', 'desconhecido'],
]);

/** How sentences begin that deny what is asked: "Denies chest pain". */
const OPENINGS = [
  ...['denies ', 'denied ', 'negative for ', 'absence of ', 'not detected', 'patient denies '],
  ...['no evidence of ', 'no sign of ', 'no signs of ', 'no history of ', 'no known '],
];

/** Words that deny or do not assert, alone or at the beginning of a sentence. */
export function saysNothingIsThere(said: string): boolean {
  const plain = said
    .slice(0, LONGEST)
    .toLowerCase()
    .replace(/[\s_]+/g, ' ')
    .replace(/^[ "'([-]+|[ "'.,;:!)\]-]+$/g, '');
  return WORDS.has(plain) || OPENINGS.some((opening) => plain.startsWith(opening));
}

const LONGEST = 60;

/**
 * Does a coded answer deny, or not assert? Any of its codings or displays says so, the concept that it is mapped to, or,
 * where it is mapped to none, its text.
 */
export function assertsNothing(answer: unknown, conceptId: number): boolean {
  if (CONCEPTS.has(conceptId)) return true;
  const it = object(answer);
  const said = text(it?.['text']);
  if (conceptId === 0 && said !== undefined && saysNothingIsThere(said)) return true;
  return objects(it?.['coding']).some((one) => {
    const system = text(one['system']);
    const code = text(one['code']);
    const display = text(one['display']);
    if (display !== undefined && saysNothingIsThere(display)) return true;
    if (system === undefined || code === undefined) return false;
    return saysAbsent(system) || knows(system, code);
  });
}

/** Does one of the interpretations say that nothing was found, or nothing sure? */
export function findsNothing(interpretations: unknown): boolean {
  return list(interpretations).some(
    (one) =>
      assertsNothing(one, 0) ||
      objects(object(one)?.['coding']).some((raw) => {
        const code = raw['system'] === undefined ? text(raw['code']) : undefined;
        return code !== undefined && Object.hasOwn(INTERPRETED, code);
      }),
  );
}

function knows(system: string, code: string): boolean {
  const key = systemKey(system);
  // A URI of SNOMED CT may name an edition.
  const codes = ANSWERS.get(key.startsWith('snomed.info/sct/') ? 'snomed.info/sct' : key);
  return codes !== undefined && Object.hasOwn(codes, code);
}
