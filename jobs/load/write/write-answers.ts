/**
 * Keeps with each chunk the vocabulary answers that its resources were mapped with: one row per chunk, and
 * each answer itself once. So a later release or local map can tell what it changes, and for which chunks.
 */

import type { Tx } from '../../../sql/connect.ts';
import { textArray } from '../../../sql/text-array.ts';
import { keyOf, plain, stored } from '../../vocabulary/resolve/questions.ts';
import type { Given } from '../../vocabulary/resolve/resolver.ts';

export type GivenByChunk = ReadonlyMap<number, ReadonlyMap<Given, number>>;

export async function addAnswersInTx(tx: Tx, given: GivenByChunk): Promise<void> {
  await keepAnswersInTx(tx, given);
  for (const [chunkId, sums] of given) {
    const { answers, resources } = columns(sums);
    await tx`
      insert into chunk_answer as c (chunk_id, answers, resources)
      values (${chunkId}, ${answers}::uuid[], ${resources}::int[])
      on conflict (chunk_id) do update set (answers, resources) = (
        select coalesce(array_agg(answer), '{}'), coalesce(array_agg(sum), '{}')
        from (
          select answer, sum(resources)::int as sum
          from (
            select * from unnest(c.answers, c.resources)
            union all
            select * from unnest(excluded.answers, excluded.resources)
          ) as a (answer, resources)
          group by answer
        ) s
      )`;
  }
}

/** Replaces the answers of a chunk whose resources were all mapped again. */
export async function replaceAnswersInTx(
  tx: Tx,
  chunkId: number,
  sums: ReadonlyMap<Given, number>,
): Promise<void> {
  await keepAnswersInTx(tx, new Map([[chunkId, sums]]));
  const { answers, resources } = columns(sums);
  await tx`
    insert into chunk_answer (chunk_id, answers, resources)
    values (${chunkId}, ${answers}::uuid[], ${resources}::int[])
    on conflict (chunk_id) do update set answers = excluded.answers, resources = excluded.resources`;
}

function columns(sums: ReadonlyMap<Given, number>) {
  const uses = [...sums].filter(([given]) => isKept(given));
  return { answers: uses.map(([given]) => keyOfGiven(given)), resources: uses.map(([, count]) => count) };
}

/**
 * Longer codes are not kept. No vocabulary has codes of more than 50 characters, so no release will ever
 * answer longer ones otherwise.
 */
const LONGEST = 255;

export const isKept = ({ question }: Given) => question.kind !== 'code' || question.code.length <= LONGEST;

const keys = new WeakMap<Given, string>();

export function keyOfGiven(given: Given): string {
  let key = keys.get(given);
  if (key === undefined) {
    key = keyOf(stored(given.question), given.answer);
    keys.set(given, key);
  }
  return key;
}

/** Answers that are known to be in the table: committed, not only written. */
const committed = new WeakSet<Given>();
const writtenIn = new WeakMap<Tx, Set<string>>();

/** Free text is deleted when the last patient who had it is purged, possibly by another process. */
const mayGo = ({ question }: Given) => question.kind === 'code' && question.system === 'text';

async function keepAnswersInTx(tx: Tx, given: GivenByChunk): Promise<void> {
  const news = new Map<string, Given>();
  for (const sums of given.values()) {
    for (const one of sums.keys())
      if ((!committed.has(one) || mayGo(one)) && isKept(one)) news.set(keyOfGiven(one), one);
  }
  if (news.size === 0) return;
  const own = writtenIn.get(tx) ?? new Set<string>();
  writtenIn.set(tx, own);
  const there = await tx<{ key: string }[]>`
    select answer_key as key from vocabulary_answer where answer_key = any(${[...news.keys()]}::uuid[])`;
  for (const { key } of there) {
    const one = news.get(key);
    // What this very transaction has written may still be rolled back.
    if (one && !own.has(key)) committed.add(one);
    news.delete(key);
  }
  // Sorted, so that two chunks that meet the same new codes take turns instead of blocking each other.
  const rows = [...news].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let start = 0; start < rows.length; start += BATCH) {
    const part = rows.slice(start, start + BATCH);
    const questions = part.map(([, one]) => stored(one.question));
    // unnest would take an array of arrays apart altogether, so the lists of vocabularies travel as text.
    await tx`
      insert into vocabulary_answer (answer_key, kind, system, vocabularies, code, answer)
      select key, kind, system, vocabularies::text[], code, answer::jsonb
      from unnest(
        ${part.map(([key]) => key)}::uuid[], ${questions.map((one) => one.kind)}::text[],
        ${questions.map((one) => one.system)}::text[], ${questions.map((one) => textArray(one.vocabularies))}::text[],
        ${questions.map((one) => one.code)}::text[],
        ${part.map(([, one]) => JSON.stringify(plain(one.answer)))}::text[]
      ) as n(key, kind, system, vocabularies, code, answer)
      on conflict (answer_key) do nothing`;
  }
  for (const [key] of rows) own.add(key);
}

const BATCH = 5000;
