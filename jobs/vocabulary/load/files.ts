/**
 * The files of an Athena download and the vocabulary tables they fill. Athena leaves a file out when nothing
 * that was ticked needs it, so most may be missing. The three without which no code can be resolved are
 * required. source_to_concept_map is not among them: it holds people's own maps.
 */
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
] as const;

export type VocabularyTable = (typeof VOCABULARY_TABLES)[number];

export const REQUIRED: ReadonlySet<VocabularyTable> = new Set([
  'vocabulary',
  'concept',
  'concept_relationship',
]);

/** What a missing file costs, for the warning. */
export const WITHOUT: Readonly<Partial<Record<VocabularyTable, string>>> = {
  concept_ancestor: 'ingredients of drugs are unknown, so drug_era and dose_era stay empty',
  concept_synonym: 'searches by synonym find nothing',
  drug_strength: 'daily doses are unknown, so dose_era stays empty',
};

export const fileNameOf = (table: VocabularyTable): string => `${table.toUpperCase()}.csv`;

/**
 * CPT4 codes come without names; Athena's cpt4.jar fetches the names and appends the concepts to CONCEPT.csv.
 */
export const CPT4_FILE = 'CONCEPT_CPT4.csv';
