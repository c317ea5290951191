/**
 * Where a retired concept that maps to nothing leads: along "Concept replaced by" to the nearest concept that
 * is Standard or maps to one. SNOMED and RxNorm replace an ambiguous concept by several. Then only what all
 * of them agree on is taken, since a wrong concept is worse than none.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import type { Target } from '../../map/types.ts';
import { itselfOr, type SourceRow, targetsOf } from './targets.ts';

export interface Replacement {
  /** Concepts that took its place. */
  readonly conceptIds: readonly number[];
  readonly targets: readonly Target[];
  readonly values: readonly Target[];
}

/** How many replacements of replacements are followed. Longer chains have not been seen in Athena's files. */
const HOPS = 5;

/** The replacements by retired concept; those that lead nowhere are left out. */
export async function followReplacements(
  tx: Sql | Tx,
  retired: readonly number[],
): Promise<Map<number, Replacement>> {
  const rows = await tx<(SourceRow & { retired: number; hop: number })[]>`
    with recursive way (retired, concept_id, hop, been) as (
      select id, id, 0, array[id] from unnest(${[...new Set(retired)]}::int[]) as id
      union all
      select w.retired, r.concept_id_2, w.hop + 1, w.been || r.concept_id_2
      from way w
      join concept_relationship r on r.concept_id_1 = w.concept_id
      where r.relationship_id = 'Concept replaced by' and r.invalid_reason is null
        and w.hop < ${HOPS} and r.concept_id_2 <> all(w.been)
    )
    select w.retired, w.hop, c.concept_id as source_concept_id, c.domain_id as source_domain,
           c.invalid_reason is null as valid, c.standard_concept = 'S' as standard, c.vocabulary_id as source_vocabulary,
           c.concept_class_id as source_class, r.relationship_id as relationship,
           t.concept_id, t.domain_id, t.vocabulary_id, t.concept_class_id
    from (select distinct retired, concept_id, hop from way where hop > 0) w
    join concept c on c.concept_id = w.concept_id
    left join (
      concept_relationship r
      join concept t on t.concept_id = r.concept_id_2 and t.standard_concept = 'S' and t.invalid_reason is null
    ) on r.concept_id_1 = c.concept_id and r.relationship_id in ('Maps to', 'Maps to value') and r.invalid_reason is null`;

  const found = new Map<number, Replacement>();
  for (const [id, ways] of Map.groupBy(rows, (row) => row.retired)) {
    const replacement = nearest(ways);
    if (replacement) found.set(id, replacement);
  }
  return found;
}

function nearest(ways: readonly (SourceRow & { hop: number })[]): Replacement | undefined {
  for (let hop = 1; hop <= HOPS; hop++) {
    const here = ways.filter((row) => row.hop === hop);
    const led = [...Map.groupBy(here, (row) => row.source_concept_id)].flatMap(([id, own]) => {
      const targets = itselfOr(own);
      return targets.length > 0 ? [{ id, targets, values: targetsOf(own, 'Maps to value') }] : [];
    });
    const [first] = led;
    if (!first) continue;
    if (led.some((other) => meaning(other) !== meaning(first))) return undefined;
    const conceptIds = led.map(({ id }) => id).toSorted((a, b) => a - b);
    return { conceptIds, targets: first.targets, values: first.values };
  }
  return undefined;
}

function meaning({ targets, values }: Omit<Replacement, 'conceptIds'>): string {
  return `${targets.map((target) => target.conceptId)} ${values.map((target) => target.conceptId)}`;
}
