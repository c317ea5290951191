/** Are the concepts that the code names by id in the loaded release, Standard, and in the domain they are used for? */
import type { Sql, Tx } from '../../sql/connect.ts';
import { FIXED_CONCEPTS } from '../map/concepts.ts';

export interface NamedConcept {
  readonly id: number;
  /** Left out where any domain will do. */
  readonly domain?: string;
  /** false: known not to be Standard and written on purpose, so it need only exist. */
  readonly standard?: boolean;
}

export interface ConceptProblem {
  readonly concept_id: number;
  readonly problem: string;
}

export async function checkConcepts(
  sql: Sql | Tx,
  named: readonly NamedConcept[] = FIXED_CONCEPTS,
): Promise<ConceptProblem[]> {
  const rows = await sql<Found[]>`
    select concept_id, domain_id, standard_concept is not distinct from 'S' as standard, invalid_reason is null as valid
    from concept where concept_id = any(${named.map((concept) => concept.id)}::int[])`;
  const found = new Map(rows.map((row) => [row.concept_id, row]));
  return named.flatMap((concept) => {
    const problem = problemOf(concept, found.get(concept.id));
    return problem ? [{ concept_id: concept.id, problem }] : [];
  });
}

interface Found {
  concept_id: number;
  domain_id: string;
  standard: boolean;
  valid: boolean;
}

function problemOf({ domain, standard = true }: NamedConcept, found: Found | undefined): string | undefined {
  if (!found) return 'is not in the loaded vocabulary';
  if (standard && !found.valid) return 'is no longer valid';
  if (standard && !found.standard) return 'is not a Standard concept';
  if (domain && domain !== found.domain_id) return `is in domain ${found.domain_id}, expected ${domain}`;
  return undefined;
}
