/**
 * Which drug a Medication* resource means: medicationCodeableConcept, or medicationReference to a Medication that is
 * contained, already known, or still to come (`awaits`: mapped again when it arrives; until then concept 0).
 *
 * A product whose own code has no Standard concept is taken as its ingredients where those have one: one code each
 * (ingredients.ts).
 */

import type { Ref } from '../cdm/link.ts';
import { type Chosen, mainCode, note, wording } from '../read/coding.ts';
import { type Json, object, text } from '../read/fhir.ts';
import type { Reading } from '../read/reading.ts';
import { contained, readReference } from '../read/references.ts';
import type { MapContext, MedicationContent, Outcome, Resource } from '../types.ts';
import { contentOf, foundIn } from './ingredients.ts';

export interface Medicine {
  /** Empty when the Medication has not arrived and the reference says nothing in words. */
  readonly codes: readonly Chosen[];
  readonly awaits?: Ref | undefined;
}

/** Medication → its code and ingredients, for the drugs that refer to it; no row of its own. */
export function mapMedication(resource: Resource, _context: MapContext): Outcome {
  return { kind: 'rows', rows: [], unmapped: [], medication: contentOf(resource) };
}

/** Substance → the same, for the Medications that have it as an ingredient. */
export function mapSubstance(resource: Resource, _context: MapContext): Outcome {
  return { kind: 'rows', rows: [], unmapped: [], substance: contentOf(resource) };
}

export function medicineOf(reading: Reading): Medicine | undefined {
  const { resource, context } = reading;
  if (object(resource['medicationCodeableConcept'])) {
    const code = mainCode(reading, resource['medicationCodeableConcept'], 'drug');
    return code && { codes: [code] };
  }
  const reference = object(resource['medicationReference']);
  const pointer = readReference(reference, context.settings);
  if (pointer?.kind === 'contained') {
    const found = contained(resource, pointer.id);
    if (found?.['resourceType'] === 'Medication') return fromContent(reading, contentOf(found, resource));
  }
  if (pointer?.kind === 'uuid' || (pointer?.kind === 'typed' && pointer.type === 'Medication')) {
    const ref: Ref = { types: ['Medication'], id: pointer.id };
    const known = context.medication(ref);
    if (known) return fromContent(reading, known);
    return { codes: named(reading, reference)?.codes ?? [], awaits: ref };
  }
  const inWords = named(reading, reference);
  for (const code of inWords?.codes ?? []) if (code.targets.length === 0) note(reading, code, 'code');
  return inWords;
}

function fromContent(reading: Reading, content: MedicationContent): Medicine | undefined {
  const { codes, awaits } = foundIn(reading, content);
  const mapped = codes.filter((one) => one.targets.length > 0);
  if (mapped.length > 0) return { codes: mapped, awaits };
  const [unmapped] = codes;
  if (unmapped) note(reading, unmapped, 'code');
  return unmapped || awaits ? { codes: unmapped ? [unmapped] : [], awaits } : undefined;
}

/** What a reference that cannot be followed says in words. */
function named(reading: Reading, reference: Json | undefined): Medicine | undefined {
  const display = text(reference?.['display']);
  return display === undefined ? undefined : { codes: [wording(reading, display)] };
}
