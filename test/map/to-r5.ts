/**
 * R4 resources as R5 writes them, by hand: names, types and numbers that R5 changed. What R5 took away is left out, and
 * what it left alone stays. Not a converter: no code is translated but where R4's is none in R5.
 */
import type { Resource } from '../../jobs/map/types.ts';

type Fields = Record<string, unknown>;
type Change = (fields: Fields) => void;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Which of the changes of a resource is made, by number; all where none is named. */
let only: number | undefined;
let turn = 0;

/** Counted whether or not it is made. */
function isMade(): boolean {
  turn += 1;
  return only === undefined || only === turn;
}

/** `old` under its new name, in another shape where one is given. */
function move(
  fields: Fields,
  old: string,
  name: string,
  shape: (value: unknown) => unknown = (value) => value,
): void {
  if (!(old in fields) || !isMade()) return;
  const value = fields[old];
  delete fields[old];
  fields[name] = shape(value);
}

/** What R5 has no more; with one change alone it stays. */
function drop(fields: Fields, ...names: readonly string[]): void {
  if (only === undefined) for (const name of names) delete fields[name];
}

const inPlace = (fields: Fields, name: string, shape: (value: unknown) => unknown): void =>
  move(fields, name, name, shape);
const inList = (value: unknown): unknown => (Array.isArray(value) ? value : [value]);
const each =
  (shape: (value: unknown) => unknown) =>
  (value: unknown): unknown =>
    Array.isArray(value) ? value.map(shape) : shape(value);
const concept = (value: unknown): unknown => ({ concept: value });
const reference = (value: unknown): unknown => ({ reference: value });
/** `x[x]` of a concept or a reference becomes one CodeableReference. */
function joined(fields: Fields, stem: string, name = stem): void {
  move(fields, `${stem}CodeableConcept`, name, concept);
  move(fields, `${stem}Reference`, name, reference);
}
const inner = (fields: Fields, name: string, change: Change): void => {
  for (const one of Array.isArray(fields[name]) ? fields[name] : [fields[name]])
    if (isObject(one)) change(one);
};
function prefixed(fields: Fields, old: string, name: string): void {
  for (const key of Object.keys(fields)) {
    if (key.startsWith(old) || key.startsWith(`_${old}`)) move(fields, key, key.replace(old, name));
  }
}
function participants(fields: Fields, ...roles: readonly string[]): void {
  if (!roles.some((role) => role in fields) || !isMade()) return;
  const all = roles.flatMap((role) =>
    isObject(fields[role]) ? [{ function: { text: role }, actor: fields[role] }] : [],
  );
  for (const role of roles) delete fields[role];
  if (all.length > 0) fields['participant'] = all;
}
const codes =
  (table: Readonly<Record<string, string>>) =>
  (value: unknown): unknown =>
    table[String(value)] ?? value;
const asNeeded: Change = (dosage) => {
  move(dosage, 'asNeededBoolean', 'asNeeded');
  move(dosage, 'asNeededCodeableConcept', 'asNeededFor', inList);
};
const reasons: Change = (fields) => {
  move(fields, 'reasonCode', 'reason', each(concept));
  move(fields, 'reasonReference', 'reason', each(reference));
};

const CHANGES: Readonly<Record<string, Change>> = {
  Encounter(fields) {
    move(fields, 'period', 'actualPeriod');
    inPlace(fields, 'class', (value) => [isObject(value) ? { coding: [value] } : value]);
    inPlace(
      fields,
      'status',
      codes({ finished: 'completed', arrived: 'in-progress', triaged: 'in-progress' }),
    );
    move(fields, 'hospitalization', 'admission');
    inPlace(fields, 'serviceType', (value) => [concept(value)]);
    inner(fields, 'participant', (one) => move(one, 'individual', 'actor'));
    inner(fields, 'diagnosis', (one) => {
      inPlace(one, 'condition', (value) => [reference(value)]);
      inPlace(one, 'use', inList);
    });
    reasons(fields);
    drop(fields, 'statusHistory', 'classHistory');
  },
  Condition: (fields) => participants(fields, 'recorder', 'asserter'),
  AllergyIntolerance(fields) {
    participants(fields, 'recorder', 'asserter');
    inPlace(fields, 'type', (value) => ({ coding: [{ code: value }] }));
    inner(fields, 'reaction', (one) => inPlace(one, 'manifestation', each(concept)));
  },
  Procedure(fields) {
    prefixed(fields, 'performed', 'occurrence');
    move(fields, 'asserter', 'reportedReference');
    move(fields, 'usedCode', 'used', each(concept));
    reasons(fields);
  },
  MedicationRequest(fields) {
    joined(fields, 'medication');
    move(fields, 'reportedBoolean', 'reported');
    move(fields, 'reportedReference', 'informationSource', inList);
    inner(fields, 'dosageInstruction', asNeeded);
    reasons(fields);
  },
  MedicationStatement(fields) {
    joined(fields, 'medication');
    move(fields, 'context', 'encounter');
    inPlace(fields, 'informationSource', inList);
    inPlace(fields, 'category', inList);
    inner(fields, 'dosage', asNeeded);
    if (fields['status'] === 'not-taken')
      fields['adherence'] = { code: { coding: [{ code: 'not-taking' }] } };
    inPlace(
      fields,
      'status',
      codes({ active: 'recorded', completed: 'recorded', intended: 'recorded', 'not-taken': 'recorded' }),
    );
    reasons(fields);
    drop(fields, 'statusReason');
  },
  MedicationAdministration(fields) {
    joined(fields, 'medication');
    move(fields, 'context', 'encounter');
    prefixed(fields, 'effective', 'occurence');
    inner(fields, 'performer', (one) => inPlace(one, 'actor', reference));
    reasons(fields);
  },
  MedicationDispense(fields) {
    joined(fields, 'medication');
    move(fields, 'context', 'encounter');
    joined(fields, 'statusReason', 'notPerformedReason');
    inner(fields, 'dosageInstruction', asNeeded);
  },
  Medication: (fields) => inner(fields, 'ingredient', (one) => joined(one, 'item')),
  Substance: (fields) => inPlace(fields, 'code', concept),
  Immunization(fields) {
    move(fields, 'reportOrigin', 'informationSource', concept);
    reasons(fields);
  },
  Coverage(fields) {
    move(
      fields,
      'payor',
      'paymentBy',
      each((party) => ({ party })),
    );
    inner(fields, 'class', (one) => inPlace(one, 'value', (value) => ({ value })));
    if (only === undefined) fields['kind'] = 'insurance';
  },
  DocumentReference(fields) {
    inner(fields, 'content', (one) => move(one, 'format', 'profile', (value) => [{ valueCoding: value }]));
    const context = isObject(fields['context']) ? fields['context'] : undefined;
    if (context === undefined || !isMade()) return;
    delete fields['context'];
    if ('encounter' in context) fields['context'] = context['encounter'];
    if ('period' in context) fields['period'] = context['period'];
  },
  Device(fields) {
    inPlace(fields, 'type', inList);
    move(fields, 'deviceName', 'name');
    drop(fields, 'patient');
  },
  DeviceUseStatement(fields) {
    // Under its name of R4 it has none of R5's elements.
    if (only !== undefined) return;
    fields['resourceType'] = 'DeviceUsage';
    move(fields, 'subject', 'patient');
    inPlace(fields, 'device', reference);
    inPlace(fields, 'bodySite', concept);
    reasons(fields);
  },
  Specimen: (fields) => inner(fields, 'collection', (one) => inPlace(one, 'bodySite', concept)),
  Organization(fields) {
    const addresses = Array.isArray(fields['address']) ? fields['address'] : [];
    if (addresses.length === 0 || !isMade()) return;
    delete fields['address'];
    drop(fields, 'telecom');
    if (addresses.length > 0)
      fields['contact'] = addresses.map((address) => ({ name: [{ text: 'x' }], address }));
  },
  Location(fields) {
    move(fields, 'physicalType', 'form');
    drop(fields, 'telecom');
  },
  FamilyMemberHistory: reasons,
};

/**
 * The resource in R5's shape, and what it contains too, and then as R4 has it but for one of the changes, for each of
 * them; none where R5 has nothing else.
 */
export function shapesOfR5(resource: Resource): readonly Resource[] {
  const whole = changed(resource, undefined);
  const changes = turn;
  const parts = Array.from({ length: changes }, (_, n) => changed(resource, n + 1));
  return [whole, ...parts].filter((one) => one !== undefined);
}

function changed(resource: Resource, change: number | undefined): Resource | undefined {
  only = change;
  turn = 0;
  const copy: Fields = structuredClone(resource) as unknown as Fields;
  CHANGES[resource.resourceType]?.(copy);
  for (const one of Array.isArray(copy['contained']) ? copy['contained'] : []) {
    if (isObject(one)) CHANGES[String(one['resourceType'])]?.(one);
  }
  const isOther = JSON.stringify(copy) !== JSON.stringify(resource);
  return isOther ? (copy as unknown as Resource) : undefined;
}
