/**
 * Whether a secret that a person chose can be guessed. Nobody can tell chance from its look; this finds what is not:
 * too short, few different characters, repetition, sequences.
 */
import { deflateRawSync } from 'node:zlib';

const LEAST_BITS = 64;

/** What is wrong with the secret and what to do, without the secret; undefined where nothing is. */
export function secretFault(secret: string): string | undefined {
  if (secret.length < 16) return `expected at least 16 characters${MAKE_ONE}`;
  return guessableBits(secret) < LEAST_BITS
    ? `expected chance, got what can be guessed${MAKE_ONE}`
    : undefined;
}

const MAKE_ONE = ': make one with `openssl rand -hex 24`';

/**
 * An upper bound of the bits in the text: by how often each character comes, by how far it can be compressed, and none
 * where most neighbours are the same step apart, as in "abcdefgh".
 */
function guessableBits(secret: string): number {
  const characters = [...secret];
  const counts = countsOf(characters);
  const shannon = sum([...counts.values()].map((count) => count * Math.log2(characters.length / count)));
  const packed = 8 * (deflateRawSync(secret, { level: 9 }).length - 4);
  const steps = characters.slice(1).map((one, index) => code(one) - code(characters[index] ?? ''));
  const mostCommon = Math.max(...countsOf(steps).values());
  return mostCommon > steps.length / 2 ? 0 : Math.min(shannon, packed);
}

function countsOf<T>(items: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

const code = (character: string): number => character.codePointAt(0) ?? 0;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
