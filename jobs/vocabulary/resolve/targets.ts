/**
 * Turns the rows of a look-up into Standard concepts: the source itself where it is one, else what it maps
 * to.
 */
import type { Target } from '../../map/types.ts';

export interface TargetRow {
  concept_id: number;
  domain_id: string;
  vocabulary_id: string;
  concept_class_id: string;
}

/** A source concept and one of the valid Standard concepts that it leads to, or none. */
export interface SourceRow {
  source_concept_id: number;
  source_domain: string;
  valid: boolean;
  standard: boolean | null;
  source_vocabulary: string;
  source_class: string;
  relationship: 'Maps to' | 'Maps to value' | null;
  concept_id: number | null;
  domain_id: string | null;
  vocabulary_id: string | null;
  concept_class_id: string | null;
}

/** `own` holds all rows of one source. */
export function itselfOr(own: readonly SourceRow[]): Target[] {
  const source = own[0];
  if (!source?.standard || !source.valid) return targetsOf(own, 'Maps to');
  return [
    {
      conceptId: source.source_concept_id,
      domain: source.source_domain,
      vocabulary: source.source_vocabulary,
      conceptClass: source.source_class,
    },
  ];
}

export function targetsOf(rows: readonly SourceRow[], relationship: 'Maps to' | 'Maps to value'): Target[] {
  const targets = new Map<number, Target>();
  for (const { relationship: kind, concept_id, domain_id, vocabulary_id, concept_class_id } of rows) {
    if (kind !== relationship || concept_id === null) continue;
    targets.set(
      concept_id,
      asTarget({
        concept_id,
        domain_id: domain_id ?? '',
        vocabulary_id: vocabulary_id ?? '',
        concept_class_id: concept_class_id ?? '',
      }),
    );
  }
  return [...targets.values()].toSorted((a, b) => a.conceptId - b.conceptId);
}

export function asTarget(row: TargetRow): Target {
  return {
    conceptId: row.concept_id,
    domain: row.domain_id,
    vocabulary: row.vocabulary_id,
    conceptClass: row.concept_class_id,
  };
}
