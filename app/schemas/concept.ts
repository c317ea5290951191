/** Concepts as the API returns them, in the words of the CDM. */
import { z } from '@hono/zod-openapi';

const EXAMPLE = {
  concept_id: 201826,
  concept_name: 'Type 2 diabetes mellitus',
  domain_id: 'Condition',
  vocabulary_id: 'SNOMED',
  concept_class_id: 'Disorder',
  standard_concept: 'S',
  concept_code: '44054006',
  invalid_reason: null,
};

export const ConceptSchema = z
  .object({
    concept_id: z.number().int().describe('Id of the concept.'),
    concept_name: z.string().describe('Its name.'),
    domain_id: z.string().describe('Domain; of a Standard concept it chooses the table.'),
    vocabulary_id: z.string().describe('Vocabulary it comes from.'),
    concept_class_id: z.string().describe('Class within its vocabulary.'),
    standard_concept: z.string().nullable().describe('S: Standard. C: classification. Null: neither.'),
    concept_code: z.string().describe('Code in its vocabulary.'),
    invalid_reason: z.string().nullable().describe('D: deleted. U: replaced. Null: valid.'),
  })
  .openapi('Concept', { example: EXAMPLE });

export const ConceptDetailSchema = ConceptSchema.extend({
  valid_start_date: z.string().describe('First day on which it is valid.'),
  valid_end_date: z.string().describe('Last day on which it is valid.'),
  synonyms: z
    .array(
      z.object({
        name: z.string().describe('Another name.'),
        language_concept_id: z.number().int().describe('Language of the name; 4180186 is English.'),
      }),
    )
    .describe('Other names, at most 200.'),
  relationships: z
    .array(
      z.object({
        relationship_id: z.string().describe('From this concept to the other, such as "Maps to".'),
        invalid_reason: z.string().nullable().describe('D: withdrawn. Null: valid.'),
        concept: ConceptSchema,
      }),
    )
    .describe(
      'A page of relationships to concepts of this release: valid ones first, mappings before others.',
    ),
  more_relationships: z.boolean().describe('There are more: ask again with a higher offset.'),
  ancestors: z
    .array(
      z.object({
        min_levels: z.number().int().describe('Levels between the two by the shortest way.'),
        max_levels: z.number().int().describe('And by the longest.'),
        concept: ConceptSchema,
      }),
    )
    .describe('Concepts above this one, nearest first, at most 200.'),
  more_ancestors: z.boolean().describe('There are more ancestors than these.'),
  children: z.number().int().describe('Number of concepts one level below.'),
}).openapi('ConceptDetail', {
  example: {
    ...EXAMPLE,
    valid_start_date: '2002-01-31',
    valid_end_date: '2099-12-31',
    synonyms: [{ name: 'Type II diabetes mellitus', language_concept_id: 4180186 }],
    relationships: [{ relationship_id: 'Maps to', invalid_reason: null, concept: EXAMPLE }],
    more_relationships: true,
    ancestors: [],
    more_ancestors: false,
    children: 12,
  },
});
