/**
 * What a Medication or Substance consists of: its ingredients as codes, as contained resources, or as references to other
 * Medications and Substances, which may have ingredients themselves.
 *
 * References are followed in the order in which they stand, each once, some levels deep, and up to the first whose target
 * has not arrived: that is awaited, then the next. So what comes of them is the same whichever arrives first.
 */

import type { Ref } from '../cdm/link.ts';
import { type Chosen, choose, wording } from '../read/coding.ts';
import { type Json, object, objects, text } from '../read/fhir.ts';
import { reference } from '../read/links.ts';
import type { Reading } from '../read/reading.ts';
import { contained } from '../read/references.ts';
import type { MedicationContent } from '../types.ts';

const DEEPEST = 4;

/** What is kept of a Medication or Substance. Contained ingredients are put in the place of the references to them. */
export function contentOf(resource: Json, outer: Json = resource): MedicationContent {
  const seen = new Set<string>();
  const content = (one: Json): MedicationContent => ({
    code: one['code'],
    ingredients: objects(one['ingredient']).map((ingredient) => withContained(ingredient)),
  });
  const withContained = (ingredient: Json): Json => {
    // The element of a Substance has another name and says the same.
    const item = object(ingredient['itemReference']) ?? object(ingredient['substanceReference']);
    const kept = {
      itemCodeableConcept: ingredient['itemCodeableConcept'] ?? ingredient['substanceCodeableConcept'],
      itemReference: item,
    };
    const id = text(item?.['reference']);
    const found = id?.startsWith('#') && !seen.has(id) ? contained(outer, id.slice(1)) : undefined;
    if (!id || !found) return kept;
    seen.add(id);
    return { ...kept, item: content(found) };
  };
  return content(resource);
}

export interface Found {
  /** The product, where it has a Standard concept; else it and its ingredients, with or without one. */
  readonly codes: readonly Chosen[];
  readonly awaits: Ref | undefined;
}

export function foundIn(reading: Reading, content: MedicationContent): Found {
  const seen = new Set<string>();
  let awaits: Ref | undefined;
  const codesOf = (one: MedicationContent, depth: number): readonly Chosen[] => {
    const product = choose(reading, one.code, 'drug');
    if (product && product.targets.length > 0) return [product];
    const parts = depth < DEEPEST ? objects(one.ingredients).flatMap((it) => codesOfItem(it, depth + 1)) : [];
    return product ? [product, ...parts] : parts;
  };
  const codesOfItem = (ingredient: Json, depth: number): readonly Chosen[] => {
    const coded = choose(reading, ingredient['itemCodeableConcept'], 'drug');
    if (coded) return [coded];
    const inside = object(ingredient['item']);
    if (inside) return codesOf({ code: inside['code'], ingredients: objects(inside['ingredients']) }, depth);
    const sent = ingredient['itemReference'];
    const known = followed(sent);
    const display = text(object(sent)?.['display']);
    if (known) return codesOf(known, depth);
    return display === undefined ? [] : [wording(reading, display)];
  };
  const followed = (sent: unknown): MedicationContent | undefined => {
    const ref = reference(reading, sent, ['Medication', 'Substance']);
    const key = ref && `${ref.types.join()}/${ref.id}`;
    if (!ref || key === undefined || awaits || seen.has(key)) return undefined;
    seen.add(key);
    const known = reading.context.medication(ref);
    if (!known) awaits = ref;
    return known;
  };
  const codes = codesOf(content, 0);
  return { codes, awaits };
}
