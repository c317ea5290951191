/**
 * hasMember, derivedFrom and partOf → fact_relationship, between the rows of both resources and both ways (CDM 5.4).
 *
 * The vocabulary has relationships for panels and for parts. For "derived from" it has none; an observation that was
 * derived is an associated finding of what it was derived from.
 */

import { RELATIONSHIP } from '../cdm/concepts.ts';
import type { Related } from '../types.ts';
import { objects } from './fhir.ts';
import { reference } from './links.ts';
import type { Reading } from './reading.ts';

const ELEMENTS = [
  ['hasMember', ['Observation'], RELATIONSHIP.panelContains, RELATIONSHIP.containedInPanel],
  ['derivedFrom', ['Observation'], RELATIONSHIP.findingOf, RELATIONSHIP.hasFinding],
  [
    'partOf',
    [
      'Procedure',
      'Observation',
      'MedicationAdministration',
      'MedicationDispense',
      'MedicationStatement',
      'Immunization',
    ],
    RELATIONSHIP.partOf,
    RELATIONSHIP.hasPart,
  ],
] as const;

export function relatedTo(reading: Reading): readonly Related[] {
  const related: Related[] = [];
  for (const [element, types, forth, back] of ELEMENTS) {
    for (const one of objects(reading.resource[element])) {
      const target = reference(reading, one, types);
      if (target) related.push({ target, conceptId: forth.id, reverseConceptId: back.id });
    }
  }
  return related;
}
