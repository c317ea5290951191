/**
 * The tables of the vocabulary, in the order in which they are loaded. source_to_concept_map is not among them: it holds
 * people's own maps.
 */
import { ADDED_TABLES } from './cdm-version.ts';

export const VOCABULARY_TABLES = [
  'vocabulary',
  'domain',
  'concept_class',
  'relationship',
  'concept',
  'concept_relationship',
  'concept_synonym',
  'concept_ancestor',
  'drug_strength',
  ...ADDED_TABLES,
] as const;

export type VocabularyTable = (typeof VOCABULARY_TABLES)[number];
