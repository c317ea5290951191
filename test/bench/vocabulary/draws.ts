/**
 * Random numbers by place instead of in sequence: the same seed, item and question always give the same
 * number. So concept 4,711 has its name without the 4,710 before it, and nothing must be kept in memory.
 */
export type Draw = (question: number) => number;

/** Numbers in [0, 1) for one item. The mixing is murmur3's finaliser (public domain). */
export function drawsOf(seed: number, item: number): Draw {
  const start = Math.imul(item ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
  return (question) => mix(start + Math.imul(question + 1, 0xc2b2ae35)) / 4294967296;
}

/**
 * A place in a list in which few items are common and most are rare, as words are. Item 0 comes about as
 * often as Zipf's law has it for lists of any length.
 */
export function rare(draw: number, length: number): number {
  return Math.min(length - 1, Math.floor((length + 1) ** draw) - 1);
}

export function pick<T>(items: readonly T[], draw: number): T {
  const item = items[Math.floor(draw * items.length)];
  if (item === undefined) throw new Error('expected a list with items and a draw below 1');
  return item;
}

function mix(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
