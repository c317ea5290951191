/**
 * Checks that the concepts which the code names by id are in the loaded release, Standard, and in the domain
 * they are used for.
 */
import type { Logger } from 'pino';
import { readCdmVersion } from '../../sql/cdm-version.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { describeError } from '../step/describe-error.ts';
import { NAMED_CONCEPTS, type NamedConcept } from './named-concepts.ts';

export interface ConceptProblem {
  readonly concept_id: number;
  readonly name: string;
  readonly problem: string;
  /** Columns that it is written to all the same, or what cannot be computed. */
  readonly uses: string;
}

export async function checkConcepts(
  sql: Sql | Tx,
  all: readonly NamedConcept[] = NAMED_CONCEPTS,
): Promise<ConceptProblem[]> {
  const { version } = await readCdmVersion(sql);
  const named = all.filter((concept) => concept.cdm === undefined || concept.cdm === version);
  const rows = await sql<Found[]>`
    select concept_id, domain_id, standard_concept is not distinct from 'S' as standard, invalid_reason is null as valid
    from concept where concept_id = any(${named.map((concept) => concept.id)}::int[])`;
  const found = new Map(rows.map((row) => [row.concept_id, row]));
  return named.flatMap((concept) => {
    const problem = problemOf(concept, found.get(concept.id));
    return problem ? [{ concept_id: concept.id, name: concept.name, problem, uses: concept.uses }] : [];
  });
}

/**
 * Warns at the start of the workers, in one line of the log; `doctor` tells the rest. A check that fails
 * stops nothing.
 */
export async function warnOfConcepts({
  sql,
  log,
}: {
  readonly sql: Sql;
  readonly log: Logger;
}): Promise<void> {
  try {
    const [release] = await sql`select 1 from vocabulary_release where is_current`;
    if (!release) {
      log.warn('no vocabulary is loaded, so syncs will fail: npm run cli -- vocabulary load DIR|ZIP');
      return;
    }
    const problems = await checkConcepts(sql);
    if (problems.length === 0) return;
    log.warn(
      { concepts: problems.length, concept_ids: problems.map((problem) => problem.concept_id) },
      'concepts that the mapping names are not in the loaded vocabulary as expected: npm run cli -- doctor',
    );
  } catch (error) {
    log.warn(describeError(error), 'the vocabulary could not be checked');
  }
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
