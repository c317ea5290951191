/**
 * Finds the answers with which chunks were mapped and which the vocabulary no longer gives. The same
 * questions are asked again, whatever has changed since (a release, a local map, the day on which a map takes
 * effect).
 */

import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import {
  type Answer,
  askAgain,
  keyOf,
  nameOf,
  type StoredQuestion,
} from '../vocabulary/resolve/questions.ts';

export interface StaleAnswer {
  readonly key: string;
  readonly question: StoredQuestion;
  /** For a code, null means that it was mapped before answers were kept. */
  readonly before: Answer;
  readonly after: Answer;
}

export type OfChunks = { readonly chunks: readonly number[] } | { readonly connections: readonly number[] };

export async function staleAnswers(tx: Tx, of: OfChunks, day: string): Promise<StaleAnswer[]> {
  const stale: StaleAnswer[] = [];
  const kept = await keptAnswers(tx, of);
  for (let start = 0; start < kept.length; start += BATCH) {
    const part = kept.slice(start, start + BATCH);
    const answers = await askAgain(tx, part, day);
    part.forEach(({ key, before, ...question }, index) => {
      const after = answers[index] ?? null;
      if (keyOf(question, after) !== key) stale.push({ key, question, before, after });
    });
  }
  return stale;
}

const BATCH = 2000;

interface Kept extends StoredQuestion {
  readonly key: string;
  readonly before: Answer;
}

export async function keptAnswers(tx: Tx, of: OfChunks): Promise<Kept[]> {
  const which =
    'chunks' in of
      ? tx`chunk_id = any(${list(of.chunks)}::bigint[])`
      : tx`chunk_id in (
          select chunk_id from chunk join run using (run_id)
          where connection_id = any(${list(of.connections)}::int[])
        )`;
  return await tx<Kept[]>`
    select answer_key as key, kind, system, vocabularies, code, answer as before
    from vocabulary_answer
    where answer_key in (select unnest(answers) from chunk_answer where ${which})`;
}

/** Names of the questions that are answered differently now. */
export function namesOf(stale: readonly StaleAnswer[]): ReadonlySet<string> {
  return new Set(stale.map((one) => nameOf(one.question)));
}
