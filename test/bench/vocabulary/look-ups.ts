/**
 * What it costs to resolve codes that no worker remembers yet: a thousand in one statement, as a chunk asks
 * for them.
 */
import { lookUpCodes } from '../../../jobs/vocabulary/resolve/look-up.ts';
import type { Sql } from '../../../sql/connect.ts';

const CODES = 1000;
const ROUNDS = 20;

/** Milliseconds of each round, the quickest first. Other codes each time, from all over the vocabulary. */
export async function measureLookUps(sql: Sql): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rows = await sql<{ vocabulary: string; code: string }[]>`
      select c.vocabulary_id as vocabulary, c.concept_code as code
      from (select (random() * (select max(concept_id) from concept))::int as id from generate_series(1, ${CODES})) drawn
      cross join lateral (
        select vocabulary_id, concept_code from concept where concept_id >= drawn.id order by concept_id limit 1
      ) c`;
    const asked = rows.map(({ vocabulary, code }) => ({ system: '', vocabularies: [vocabulary], code }));
    const begin = performance.now();
    await lookUpCodes(sql, asked);
    times.push(performance.now() - begin);
  }
  return times.toSorted((a, b) => a - b);
}
