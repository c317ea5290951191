/** The elements that are declared, as paths; data types that are read alike everywhere are not taken apart. */
import * as DATA_TYPES from '../../../jobs/map/read/data-types.ts';
import type { Elements, Expected } from '../../../jobs/map/read/wrong-type.ts';
import { isList } from '../note-reads.ts';

export interface Element {
  /** `Patient.extension(http://…/us-core-race).extension(ombCategory).valueCoding` */
  readonly path: string;
  /** FHIR's name of the data type, or the JSON type. */
  readonly type: string;
  readonly expected: Expected;
}

const NAMES: ReadonlyMap<Expected, string> = new Map<Elements, string>([
  [DATA_TYPES.PERIOD, 'Period'],
  [DATA_TYPES.CODING, 'Coding'],
  [DATA_TYPES.CODEABLE_CONCEPT, 'CodeableConcept'],
  [DATA_TYPES.QUANTITY, 'Quantity'],
  [DATA_TYPES.MONEY, 'Money'],
  [DATA_TYPES.IDENTIFIER, 'Identifier'],
  [DATA_TYPES.REFERENCE, 'Reference'],
  [DATA_TYPES.ATTACHMENT, 'Attachment'],
]);

export function elementsOf(path: string, expected: Expected): readonly Element[] {
  if (typeof expected === 'string') return [{ path, type: expected, expected }];
  if (isList(expected)) {
    if (expected.length === 1) return elementsOf(path, expected[0]);
    return Object.entries(expected[1]).flatMap(([kind, elements]) =>
      elementsOf(`${path}(${kind})`, elements),
    );
  }
  const type = NAMES.get(expected);
  if (type !== undefined) return [{ path, type, expected }];
  const inner = Object.entries(expected);
  if (inner.length === 0) return [{ path, type: 'any', expected }];
  return inner.flatMap(([name, element]) => elementsOf(`${path}.${name}`, element));
}

/** Is the one path that of the element itself, or of a part of it? */
export const isWithin = (path: string, element: string): boolean =>
  path === element || path.startsWith(`${element}.`);

/** Elements of other releases than R4 that are read where they come: what did not happen before R4, R5's class. */
export const BEFORE_R4: ReadonlySet<string> = new Set([
  ...['Procedure.notPerformed', 'Procedure.notDone', 'Immunization.wasNotGiven', 'Immunization.notGiven'],
  ...['MedicationStatement.wasNotTaken', 'MedicationStatement.taken'],
  ...[
    'MedicationAdministration.wasNotGiven',
    'MedicationAdministration.notGiven',
    'MedicationDispense.notDone',
  ],
  ...['Encounter.class.coding', 'Encounter.class.text', 'DeviceUseStatement.context'],
]);

/**
 * One reader serves several types, and asks each of them for what FHIR gives only to some: instants, relations, and
 * ingredients by the names of both Medication and Substance. Nobody sends these.
 */
export function isShared(path: string): boolean {
  if (path.endsWith('Instant')) return path !== 'Observation.effectiveInstant';
  const [type = '', element = ''] = path.split('.');
  if (element in RELATED) return !RELATED[element]?.includes(type);
  if (/(^|\()Medication\)?\.ingredient\.substance/.test(path)) return true;
  return /(^|\()Substance\)?\.ingredient\.item/.test(path);
}

const RELATED: Readonly<Record<string, readonly string[]>> = {
  hasMember: ['Observation'],
  derivedFrom: ['Observation', 'MedicationStatement'],
  partOf: [
    ...['Encounter', 'Observation', 'Procedure', 'MedicationStatement', 'MedicationAdministration'],
    'MedicationDispense',
  ],
};
