/** A concept as a row of a table. */
import type { Schemas } from '../../openapi/client/index.ts';

export function conceptRow(concept: Schemas['Concept']) {
  return {
    concept_id: String(concept.concept_id),
    name: concept.concept_name,
    domain: concept.domain_id,
    vocabulary: concept.vocabulary_id,
    class: concept.concept_class_id,
    standard: concept.standard_concept,
    code: concept.concept_code,
    invalid: concept.invalid_reason,
  };
}
