/**
 * Leaves lines out of a text so that nothing shows it but the lines themselves: they become empty, which every reader
 * passes over, and the others keep their numbers.
 */
import type { Line } from './line.ts';

const LF = 0x0a;
const LINE_END = Buffer.from('\n');

/** The text with these of its lines, in their order; a resource may take several (see split()). */
export function onlyLines(text: Buffer, kept: readonly Line[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { line, bytes } of kept) {
    parts.push(Buffer.alloc(line - at, LF), bytes);
    at = line + countLineEnds(bytes);
  }
  // A last line without an end may be one that was cut in the middle, so none is given to it.
  if (text.at(-1) === LF) parts.push(LINE_END);
  return Buffer.concat(parts);
}

function countLineEnds(bytes: Buffer): number {
  let ends = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) ends++;
  return ends;
}
