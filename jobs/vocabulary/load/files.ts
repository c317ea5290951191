/**
 * The files of an Athena download and the vocabulary tables they fill. Athena leaves a file out when nothing
 * that was ticked needs it, so most may be missing. The three without which no code can be resolved are
 * required. source_to_concept_map is not among them: it holds people's own maps.
 */
import { ADDED_TABLES, type CdmVersion } from '../../../sql/cdm-version.ts';
import { VOCABULARY_TABLES, type VocabularyTable } from '../../../sql/vocabulary-tables.ts';

/** Those that a CDM of this version has. */
export function tablesOf(version: CdmVersion): readonly VocabularyTable[] {
  const added: readonly VocabularyTable[] = ADDED_TABLES;
  return version === '5.4' ? VOCABULARY_TABLES.filter((table) => !added.includes(table)) : VOCABULARY_TABLES;
}

export const REQUIRED: ReadonlySet<VocabularyTable> = new Set([
  'vocabulary',
  'concept',
  'concept_relationship',
]);

/** What a missing file costs, for the warning. */
export const WITHOUT: Readonly<Partial<Record<VocabularyTable, string>>> = {
  concept_ancestor: 'ingredients of drugs are unknown, so drug_era and dose_era stay empty',
  concept_synonym: 'searches by synonym find nothing',
  pack_content: 'the table is empty; Athena sends it since August 2026',
  concept_metadata: 'the table is empty; Athena sends it since August 2026',
  concept_relationship_metadata: 'the table is empty; Athena sends it since August 2026',
  drug_strength: 'daily doses are unknown, so dose_era stays empty',
};

export const fileNameOf = (table: VocabularyTable): string => `${table.toUpperCase()}.csv`;

/**
 * CPT4 codes come without names; Athena's cpt4.jar fetches the names and appends the concepts to CONCEPT.csv.
 */
export const CPT4_FILE = 'CONCEPT_CPT4.csv';
