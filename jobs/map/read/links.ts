/** Whom and what a resource points to: its patient, visit, providers and places. Pointers are read in references.ts. */
import type { Link, Ref } from '../cdm/link.ts';
import type { Relations } from '../types.ts';
import { isModified, type Json, objects } from './fhir.ts';
import { excluded, failed, type Reading } from './reading.ts';
import { readIdentifier, readReference } from './references.ts';

/** The Patient that `subject` or `patient` names. Without one the resource is unfit. */
export function patient(reading: Reading, element: string): Ref {
  const { resource, context } = reading;
  const pointer = readReference(resource[element], context.settings);
  if (pointer?.kind === 'uuid') return { types: PATIENT, id: pointer.id };
  if (pointer?.kind === 'typed' && pointer.type === 'Patient') return { types: PATIENT, id: pointer.id };
  reading.refusal ??=
    pointer?.kind === 'typed'
      ? excluded('subject-not-patient')
      : failed('Expected a reference to a Patient of this server', `${resource.resourceType}.${element}`);
  return { types: PATIENT, id: '' };
}

const PATIENT = ['Patient'];

export const VISITS = ['Encounter'];
const PROVIDERS = ['Practitioner', 'PractitionerRole'];
const CARE_SITES = ['Organization'];
const PLACES = ['Location'];

export const encounter = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, VISITS);
export const provider = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, PROVIDERS);
export const careSite = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, CARE_SITES);
export const place = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, PLACES);

function link(reading: Reading, sent: unknown, types: readonly string[]): Link | undefined {
  const found = reference(reading, sent, types);
  return found && { ref: found };
}

/** Types whose business identifiers are kept (as hashes): no Patient's, no Encounter's. */
const IDENTIFIED = new Set([...PROVIDERS, ...CARE_SITES, ...PLACES]);

/** The business identifiers by which others may refer to this resource. */
export function identifiersOf(reading: Reading): Relations['identifiers'] {
  return objects(reading.resource['identifier']).flatMap((one) => readIdentifier(one) ?? []);
}

/** Where a Reference element points, if that is to one of these types. */
export function reference(reading: Reading, sent: unknown, types: readonly string[]): Ref | undefined {
  const pointer = readReference(sent, reading.context.settings);
  if (pointer?.kind === 'uuid') return { types, id: pointer.id };
  if (pointer?.kind === 'identified') {
    const named = types.filter((type) => (pointer.type ?? type) === type && IDENTIFIED.has(type));
    return named.length > 0 ? { types: named, id: '', identifier: pointer.identifier } : undefined;
  }
  if (pointer?.kind !== 'typed' || !types.includes(pointer.type)) return undefined;
  return { types: types.length === 1 ? types : alone(pointer.type), id: pointer.id };
}

/** References live as long as their chunk is being loaded, so that they share what is the same in all of them. */
function alone(type: string): readonly string[] {
  let list = LISTS.get(type);
  if (!list) {
    list = [type];
    LISTS.set(type, list);
  }
  return list;
}

/** By type, of those that mappers ask for. */
const LISTS = new Map<string, readonly string[]>();

/** The first performer that is a practitioner and that no modifierExtension takes back. */
export function performer(reading: Reading, performers: readonly Json[], element: string): Link | undefined {
  for (const one of performers) {
    if (isModified(one)) {
      reading.omitted.add('component-modifier-extension');
      continue;
    }
    const found = provider(reading, one[element]);
    if (found) return found;
  }
  return undefined;
}

/** Does the reference name the patient or a relative: is this what they say themselves (f2o-053)? */
export function isSelfReported(reading: Reading, reference: unknown): boolean {
  const pointer = readReference(reference, reading.context.settings);
  return pointer?.kind === 'typed' && (pointer.type === 'Patient' || pointer.type === 'RelatedPerson');
}
