/**
 * What R5 calls by another name, or gives another type, than R4. A resource of R5's shape is invalid as R4: half of it
 * would be read, or nothing, and the account would say "no code" of a drug that has one. So it is a failure that names
 * the element. Only what the mappers read is here; reading R5 would be a mapping of its own.
 */

import { isObject, type Json, objects } from './fhir.ts';

interface Shape {
  /** Path below the resource; lists are entered. */
  readonly path: string;
  /** What R4 has in its place. */
  readonly instead: string;
  /** Whether what stands there is R5's; without it the element is R5's alone. */
  readonly when?: (value: unknown) => boolean;
  /** Elements of R4 that begin so: where one stands beside it, the server writes both, and R4's is read. */
  readonly beside?: string;
}

const isCodeableReference = (value: unknown): boolean =>
  isObject(value) && (isObject(value['reference']) || 'concept' in value);
const isOneOf =
  (...codes: readonly string[]) =>
  (value: unknown): boolean =>
    codes.includes(value as string);

const MEDICATION: Shape = { path: 'medication', instead: 'medication[x]', beside: 'medication' };
const OCCURRENCES = ['DateTime', 'Period', 'Timing', 'String', 'Age', 'Range'];
const occurrences = (element: string, beside: string): readonly Shape[] =>
  OCCURRENCES.map((type) => ({ path: `${element}${type}`, instead: `${beside}[x]`, beside }));
const PARTICIPANTS: Shape = { path: 'participant', instead: 'asserter and recorder' };
const ENCOUNTER: Shape = { path: 'encounter', instead: 'context', beside: 'context' };

const SHAPES: ReadonlyMap<string, readonly Shape[]> = new Map<string, readonly Shape[]>([
  [
    'Encounter',
    [
      { path: 'actualPeriod', instead: 'period', beside: 'period' },
      { path: 'class', instead: 'class as a Coding', when: Array.isArray },
      { path: 'admission', instead: 'hospitalization', beside: 'hospitalization' },
      { path: 'participant.actor', instead: 'participant.individual' },
      { path: 'diagnosis.condition', instead: 'diagnosis.condition as a Reference', when: Array.isArray },
      {
        path: 'status',
        instead: 'status finished, in-progress …',
        when: isOneOf('completed', 'discharged', 'discontinued', 'on-hold'),
      },
    ],
  ],
  ['Condition', [PARTICIPANTS]],
  ['AllergyIntolerance', [PARTICIPANTS, { path: 'type', instead: 'type as a code', when: isObject }]],
  ['Procedure', occurrences('occurrence', 'performed')],
  [
    'MedicationRequest',
    [
      MEDICATION,
      { path: 'reported', instead: 'reported[x]', beside: 'reported' },
      { path: 'informationSource', instead: 'reportedReference', beside: 'reported' },
    ],
  ],
  [
    'MedicationStatement',
    [
      MEDICATION,
      ENCOUNTER,
      { path: 'informationSource', instead: 'informationSource as a Reference', when: Array.isArray },
      { path: 'status', instead: 'status active, completed …', when: isOneOf('recorded') },
    ],
  ],
  [
    'MedicationAdministration',
    [
      MEDICATION,
      ENCOUNTER,
      // R5 writes it with one r.
      ...occurrences('occurence', 'effective'),
      ...occurrences('occurrence', 'effective'),
      { path: 'performer.actor', instead: 'performer.actor as a Reference', when: isCodeableReference },
    ],
  ],
  ['MedicationDispense', [MEDICATION, ENCOUNTER]],
  ['Medication', [{ path: 'ingredient.item', instead: 'ingredient.item[x]' }]],
  ['Immunization', [{ path: 'informationSource', instead: 'reportOrigin', beside: 'reportOrigin' }]],
  [
    'DocumentReference',
    [
      { path: 'context', instead: 'context.encounter', when: Array.isArray },
      { path: 'period', instead: 'context.period', beside: 'context' },
    ],
  ],
  [
    'Coverage',
    [
      { path: 'insurer', instead: 'payor', beside: 'payor' },
      { path: 'paymentBy', instead: 'payor', beside: 'payor' },
      { path: 'class.value', instead: 'class.value as a string', when: isObject },
    ],
  ],
  ['Device', [{ path: 'type', instead: 'type as a CodeableConcept', when: Array.isArray }]],
  [
    'Specimen',
    [
      {
        path: 'collection.bodySite',
        instead: 'collection.bodySite as a CodeableConcept',
        when: isCodeableReference,
      },
    ],
  ],
]);

/** The paths are taken apart once, since every resource is held against them. */
const READY = new Map(
  [...SHAPES].map(([type, shapes]) => [type, shapes.map((one) => ({ ...one, steps: one.path.split('.') }))]),
);

/** Types that R5 has in the place of one that is mapped. */
const TYPES = new Map([['DeviceUsage', 'DeviceUseStatement']]);

export interface R5Shape {
  readonly field: string;
  readonly reason: `Expected ${string}`;
}

export function r5Shape(resource: Json): R5Shape | undefined {
  const type = String(resource['resourceType']);
  const former = TYPES.get(type);
  if (former !== undefined) return { field: type, reason: `Expected R4's ${former}, found R5's ${type}` };
  for (const { path, steps, instead, when, beside } of READY.get(type) ?? []) {
    if (!valuesAt(resource, steps).some((value) => !when || when(value))) continue;
    if (
      beside !== undefined &&
      Object.keys(resource).some((name) => name !== path && name.startsWith(beside))
    )
      continue;
    return { field: `${type}.${path}`, reason: `Expected R4's ${instead}, found R5's ${path}` };
  }
  return undefined;
}

function valuesAt(parent: Json, [element = '', ...rest]: readonly string[]): readonly unknown[] {
  const value = parent[element];
  if (value === undefined || value === null) return [];
  if (rest.length === 0) return [value];
  return (Array.isArray(value) ? objects(value) : isObject(value) ? [value] : []).flatMap((one) =>
    valuesAt(one, rest),
  );
}
