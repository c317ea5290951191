/**
 * Patient.link → which Patient stands for which (FHIR R4, Patient.link): "replaced-by" says it of this one, "replaces" of
 * the other. "refer" and "seealso" tie records together that both stay in use.
 *
 * The mapping only passes on what is said. That the events of the replaced one are the survivor's, and that there is one
 * person for both, is the loader's doing, since the two may come in any order, or one of them never.
 */

import { objects, text } from '../read/fhir.ts';
import { reference } from '../read/links.ts';
import type { Reading } from '../read/reading.ts';
import type { Relations } from '../types.ts';

export function mergesOf(reading: Reading): Relations['merges'] {
  const own = text(reading.resource.id);
  return objects(reading.resource['link']).flatMap((link) => {
    const other = reference(reading, link['other'], ['Patient'])?.id;
    if (own === undefined || other === undefined || other === own) return [];
    if (link['type'] === 'replaced-by') return [{ replaced: own, survivor: other }];
    return link['type'] === 'replaces' ? [{ replaced: other, survivor: own }] : [];
  });
}
