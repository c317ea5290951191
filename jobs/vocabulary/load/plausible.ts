/**
 * Warns of what a new release lacks before it is used. None of it stops a load, since a small download may be
 * intended.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { VocabularyTable } from '../../../sql/vocabulary-tables.ts';
import { CPT4_FILE } from './files.ts';
import type { NewTable } from './new-tables.ts';

export async function warningsOf(
  tx: Tx,
  tables: readonly NewTable[],
  hasCpt4File: boolean,
): Promise<string[]> {
  const fresh = (name: VocabularyTable): string => tables.find((table) => table.name === name)?.fresh ?? name;
  const [found] = await tx.unsafe<{ none: boolean; standard: boolean; cpt4: boolean; dangling: number }[]>(`
    select exists (select from ${fresh('concept')} where concept_id = 0) as none,
           exists (select from ${fresh('concept')} where standard_concept = 'S') as standard,
           exists (select from ${fresh('concept')} where vocabulary_id = 'CPT4') as cpt4,
           (select count(*) from ${fresh('concept_relationship')} r
            where r.relationship_id = 'Maps to' and r.invalid_reason is null
              and not exists (select from ${fresh('concept')} c where c.concept_id = r.concept_id_2)) as dangling`);
  const warnings: string[] = [];
  if (!found?.standard) {
    warnings.push('No concept is Standard, so nothing will map. Is this a complete download?');
  }
  if (!found?.none) {
    warnings.push(
      'Concept 0 (No matching concept) is missing; foreign keys to concept would refuse unmapped rows.',
    );
  }
  if (found && found.dangling > 0) {
    warnings.push(
      `${found.dangling} "Maps to" lead to concepts that are not in the download, so their codes stay unmapped. ` +
        'Tick the vocabularies they map to (SNOMED, RxNorm, LOINC …) as well.',
    );
  }
  if (hasCpt4File && !found?.cpt4) {
    warnings.push(
      `${CPT4_FILE} is there but its codes are not in CONCEPT.csv. Run Athena's cpt4 tool on the download and load again.`,
    );
  }
  return warnings;
}
