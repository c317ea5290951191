/**
 * What R5 calls by another name, or gives another type, than R4. A resource of R5's shape is invalid as R4: half of it
 * would be read, or nothing, and the account would say "no code" of a drug that has one. So it is a failure that names
 * the element. Only what the mappers read is here; reading R5 would be a mapping of its own.
 */

import { isObject, type Json, list, objects } from './fhir.ts';

interface Shape {
  /** Path below the resource; lists are entered. */
  readonly path: string;
  /** What R4 has in its place. */
  readonly instead: string;
  /** Whether what stands there is R5's; without it the element is R5's alone. */
  readonly when?: (value: unknown) => boolean;
  /** Elements of R4 that begin with one of these: where one stands beside it, the server writes both, and R4's is read. */
  readonly beside?: readonly string[];
}

const isCodeableReference = (value: unknown): boolean =>
  isObject(value) && (isObject(value['reference']) || 'concept' in value);
const areCodeableReferences = (value: unknown): boolean => list(value).some(isCodeableReference);
/** R5 keeps an organisation's address with a contact, whose name is a list and who may have a period. */
const isExtendedContact = (value: unknown): boolean =>
  objects(value).some(
    (one) =>
      isObject(one['address']) && (Array.isArray(one['name']) || 'period' in one || 'organization' in one),
  );
const isOneOf =
  (...codes: readonly string[]) =>
  (value: unknown): boolean =>
    codes.includes(value as string);

const MEDICATION: Shape = { path: 'medication', instead: 'medication[x]', beside: ['medication'] };
const OCCURRENCES = ['DateTime', 'Period', 'Timing', 'String', 'Age', 'Range'];
const occurrences = (element: string, beside: string): readonly Shape[] =>
  OCCURRENCES.map((type) => ({ path: `${element}${type}`, instead: `${beside}[x]`, beside: [beside] }));
const PARTICIPANTS: Shape = { path: 'participant', instead: 'asserter and recorder' };
const ENCOUNTER: Shape = { path: 'encounter', instead: 'context', beside: ['context'] };

const asNeeded = (dosage: string): readonly Shape[] =>
  ['asNeeded', 'asNeededFor'].map((name) => ({
    path: `${dosage}.${name}`,
    instead: 'asNeeded[x]',
    beside: ['asNeededBoolean', 'asNeededCodeableConcept'],
  }));

const SHAPES: ReadonlyMap<string, readonly Shape[]> = new Map<string, readonly Shape[]>([
  [
    'Encounter',
    [
      { path: 'actualPeriod', instead: 'period', beside: ['period'] },
      { path: 'class', instead: 'class as a Coding', when: Array.isArray },
      { path: 'admission', instead: 'hospitalization', beside: ['hospitalization'] },
      { path: 'participant.actor', instead: 'participant.individual', beside: ['individual'] },
      { path: 'diagnosis.condition', instead: 'diagnosis.condition as a Reference', when: Array.isArray },
      { path: 'diagnosis.use', instead: 'diagnosis.use as a CodeableConcept', when: Array.isArray },
      {
        path: 'status',
        instead: 'status finished, in-progress …',
        when: isOneOf('completed', 'discharged', 'discontinued', 'on-hold'),
      },
    ],
  ],
  ['Condition', [PARTICIPANTS]],
  [
    'AllergyIntolerance',
    [
      PARTICIPANTS,
      { path: 'type', instead: 'type as a code', when: isObject },
      {
        path: 'reaction.manifestation',
        instead: 'reaction.manifestation as CodeableConcepts',
        when: areCodeableReferences,
      },
    ],
  ],
  [
    'Procedure',
    [
      ...occurrences('occurrence', 'performed'),
      // A donor, a foetus: read without it, it would be done on the patient.
      { path: 'focus', instead: 'subject, whom it was done on' },
      { path: 'reportedBoolean', instead: 'asserter', beside: ['asserter'] },
      { path: 'reportedReference', instead: 'asserter', beside: ['asserter'] },
    ],
  ],
  [
    'MedicationRequest',
    [
      MEDICATION,
      { path: 'reported', instead: 'reported[x]', beside: ['reported'] },
      { path: 'informationSource', instead: 'reportedReference', beside: ['reported'] },
      ...asNeeded('dosageInstruction'),
    ],
  ],
  [
    'MedicationStatement',
    [
      MEDICATION,
      ENCOUNTER,
      { path: 'informationSource', instead: 'informationSource as a Reference', when: Array.isArray },
      { path: 'status', instead: 'status active, completed …', when: isOneOf('recorded') },
      { path: 'adherence', instead: 'status not-taken or taken' },
      ...asNeeded('dosage'),
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
  ['MedicationDispense', [MEDICATION, ENCOUNTER, ...asNeeded('dosageInstruction')]],
  ['Medication', [{ path: 'ingredient.item', instead: 'ingredient.item[x]', beside: ['item'] }]],
  ['Substance', [{ path: 'code', instead: 'code as a CodeableConcept', when: isCodeableReference }]],
  ['Organization', [{ path: 'contact', instead: 'address', when: isExtendedContact, beside: ['address'] }]],
  ['Immunization', [{ path: 'informationSource', instead: 'reportOrigin', beside: ['reportOrigin'] }]],
  [
    'DocumentReference',
    [
      { path: 'context', instead: 'context.encounter', when: Array.isArray },
      { path: 'period', instead: 'context.period', beside: ['context'] },
    ],
  ],
  [
    'Coverage',
    [
      { path: 'insurer', instead: 'payor', beside: ['payor'] },
      { path: 'paymentBy', instead: 'payor', beside: ['payor'] },
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

interface Ready extends Shape {
  /** The path to what holds the element, and the element's name. */
  readonly way: readonly string[];
  readonly name: string;
}

/** The paths are taken apart once, since every resource is held against them. */
const READY: ReadonlyMap<string, readonly Ready[]> = new Map(
  [...SHAPES].map(([type, shapes]) => [
    type,
    shapes.map((one) => {
      const way = one.path.split('.');
      return { ...one, name: way.pop() ?? '', way };
    }),
  ]),
);

/** Types that R5 has in the place of one that is mapped. */
const TYPES = new Map([['DeviceUsage', 'DeviceUseStatement']]);

/** Contained resources that are read with what contains them. */
const DRUGS = new Set(['Medication', 'Substance']);
const READ_WITHIN: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Medication', DRUGS],
  ['MedicationRequest', DRUGS],
  ['MedicationStatement', DRUGS],
  ['MedicationAdministration', DRUGS],
  ['MedicationDispense', DRUGS],
  ['Procedure', new Set(['Device'])],
  ['DeviceUseStatement', new Set(['Device'])],
]);

/** All elements that are looked for, `Encounter.actualPeriod`: for the test that each is shown. */
export const R5_ELEMENTS: readonly string[] = [...SHAPES].flatMap(([type, shapes]) =>
  shapes.map(({ path }) => `${type}.${path}`),
);

export interface R5Shape {
  readonly field: string;
  readonly reason: `Expected ${string}`;
}

export function r5Shape(resource: Json): R5Shape | undefined {
  const type = String(resource['resourceType']);
  const former = TYPES.get(type);
  if (former !== undefined) return { field: type, reason: `Expected R4's ${former}, found R5's ${type}` };
  const own = shapeIn(resource, type, '');
  const within = own === undefined && resource['contained'] !== undefined ? READ_WITHIN.get(type) : undefined;
  const found = own ?? (within && shapeInContained(resource, within));
  if (!found) return undefined;
  const { path, instead } = found;
  return { field: `${type}.${path}`, reason: `Expected R4's ${instead}, found R5's ${path}` };
}

type Found = Pick<Shape, 'path' | 'instead'>;

function shapeInContained(resource: Json, types: ReadonlySet<string>): Found | undefined {
  for (const one of objects(resource['contained'])) {
    const type = String(one['resourceType']);
    const found = types.has(type) ? shapeIn(one, type, 'contained.') : undefined;
    if (found) return found;
  }
  return undefined;
}

function shapeIn(resource: Json, type: string, prefix: string): Found | undefined {
  for (const { path, way, name, instead, when, beside } of READY.get(type) ?? []) {
    for (const holder of way.length === 0 ? [resource] : holdersAt(resource, way)) {
      const value = holder[name];
      if (value === undefined || value === null || (when && !when(value))) continue;
      if (beside && writesBoth(holder, name, beside)) continue;
      return { path: `${prefix}${path}`, instead };
    }
  }
  return undefined;
}

const writesBoth = (holder: Json, name: string, beside: readonly string[]): boolean =>
  Object.keys(holder).some((other) => other !== name && beside.some((begin) => other.startsWith(begin)));

function holdersAt(parent: Json, [element = '', ...rest]: readonly string[]): readonly Json[] {
  const value = parent[element];
  if (value === undefined || value === null) return [];
  const found = Array.isArray(value) ? objects(value) : isObject(value) ? [value] : [];
  return rest.length === 0 ? found : found.flatMap((one) => holdersAt(one, rest));
}
