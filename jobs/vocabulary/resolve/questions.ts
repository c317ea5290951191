/**
 * The three questions that a mapping asks of the vocabulary, as data, so that the answers can be kept and
 * asked for again when the vocabulary has changed. A mapping is decided by its resource and these answers;
 * where all answers are the same as before, so are the rows.
 */
import { createHash } from 'node:crypto';
import type { Sql, Tx } from '../../../sql/connect.ts';
import type { Resolution, Target } from '../../map/types.ts';
import { lookUpAncestors, lookUpCodes, lookUpStandard } from './look-up.ts';

export type Question =
  | {
      readonly kind: 'code';
      readonly system: string;
      readonly vocabularies: readonly string[];
      readonly code: string;
    }
  | { readonly kind: 'concept'; readonly conceptId: number }
  | { readonly kind: 'ancestor'; readonly conceptId: number; readonly ancestorId: number };

/** The answer for a code, for a concept (null: not Standard), or for two concepts. */
export type Answer = Resolution | Target | null | boolean;

/** A question as vocabulary_answer keeps it. */
export interface StoredQuestion {
  readonly kind: Question['kind'];
  readonly system: string;
  readonly vocabularies: readonly string[];
  readonly code: string;
}

export function stored(question: Question): StoredQuestion {
  if (question.kind === 'code') return question;
  const code =
    question.kind === 'concept' ? String(question.conceptId) : `${question.conceptId}<${question.ancestorId}`;
  return { kind: question.kind, system: '', vocabularies: [], code };
}

/** A name that is the same for the same question, whatever the answer. */
export function nameOf({ kind, system, vocabularies, code }: StoredQuestion): string {
  return JSON.stringify([kind, system, vocabularies, code]);
}

/** A key that is a UUID in form only: the first half of a SHA-256. */
export function keyOf(question: StoredQuestion, answer: Answer): string {
  const text = `${nameOf(question)}${JSON.stringify(plain(answer))}`;
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** What the vocabulary answers now, in the order asked. */
export async function askAgain(
  tx: Sql | Tx,
  questions: readonly StoredQuestion[],
  day: string,
): Promise<Answer[]> {
  const of = (kind: Question['kind']) => questions.filter((one) => one.kind === kind);
  const answers = new Map<StoredQuestion, Answer>();
  const codes = of('code');
  const resolutions = await lookUpCodes(tx, codes, day);
  codes.forEach((question, index) => {
    const found = resolutions[index];
    if (found) answers.set(question, found);
  });
  const concepts = of('concept');
  const standard = await lookUpStandard(
    tx,
    concepts.map((one) => Number(one.code)),
  );
  const byId = new Map(standard.map((target) => [String(target.conceptId), target]));
  for (const question of concepts) answers.set(question, byId.get(question.code) ?? null);
  const pairs = of('ancestor');
  const descend = await lookUpAncestors(
    tx,
    pairs.map((one) => pairOf(one.code)),
  );
  pairs.forEach((question, index) => {
    answers.set(question, descend[index] ?? false);
  });
  return questions.map((question) => answers.get(question) ?? null);
}

function pairOf(code: string): readonly [number, number] {
  const [conceptId = '', ancestorId = ''] = code.split('<');
  return [Number(conceptId), Number(ancestorId)];
}

/** Keeps only what mappings read, in a fixed order. */
export function plain(answer: Answer): Answer {
  if (answer === null || typeof answer === 'boolean') return answer;
  if ('conceptId' in answer) return plainTarget(answer);
  const { sourceConceptId, sourceDomain, targets, values } = answer;
  return {
    sourceConceptId,
    sourceDomain,
    targets: targets.map(plainTarget),
    values: values.map(plainTarget),
  };
}

function plainTarget({ conceptId, domain, vocabulary, conceptClass }: Target): Target {
  return { conceptId, domain, vocabulary, conceptClass };
}
