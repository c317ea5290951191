/**
 * Splits text into resources, each a range of bytes: a line, or several where the file is pretty-printed, which NDJSON
 * does not allow and servers do all the same. Whoever reads, keeps or erases a resource takes these ranges, so that
 * what is one resource to one of them is one to all.
 *
 * Only LF ends a line: U+2028 is text, and a CR before the LF is white space of the line. A line that ends with "}" is
 * whole. One that ends otherwise is the first of several when later lines close what it opens; else it is broken and
 * stands alone. A "{" at the beginning of a line begins another resource, since whatever is inside of a pretty-printed
 * one is indented.
 */

export interface Range {
  /** Number of its first line; a text begins with line 0. */
  readonly line: number;
  /** How many lines it takes. */
  readonly lines: number;
  readonly start: number;
  /** Where its last line ends, before the LF. */
  readonly end: number;
}

const LF = 0x0a;
const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The ranges of all lines that are not empty. What is pretty-printed and longer than `maxBytes` is no resource: each of
 * its lines stands alone.
 */
export function* split(text: Buffer, maxBytes = Number.POSITIVE_INFINITY): Generator<Range> {
  let values: Values | undefined;
  for (let start = 0, line = 0; start < text.length; ) {
    let end = lineEnd(text, start);
    let lines = 1;
    if (endsWithin(text, start, end)) {
      if (!values || start >= values.upTo) values = valuesFrom(text, start);
      const last = values.ends.get(start);
      if (last !== undefined && last - start <= maxBytes) {
        for (; end < last; lines++) end = lineEnd(text, end + 1);
      }
    }
    if (end > start) yield { line, lines, start, end };
    line += lines;
    start = end + 1;
  }
}

/** The ranges from one "{" at the beginning of a line to the next: a resource, or what is left of a broken one. */
export function* blocks(text: Buffer): Generator<Range[]> {
  let block: Range[] = [];
  for (const range of split(text)) {
    if (text[range.start] === OPEN && block.length > 0) {
      yield block;
      block = [];
    }
    block.push(range);
  }
  if (block.length > 0) yield block;
}

/** Lines of a text; the last counts also without its end. */
export function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) lines++;
  return text.length > 0 && text[text.length - 1] !== LF ? lines + 1 : lines;
}

/** Whether the first line that is not blank ends inside of a value. A broken line may as well. */
export function isPrettyPrinted(text: Buffer): boolean {
  for (let start = 0; start < text.length; ) {
    const end = lineEnd(text, start);
    if (!isBlank(text, start, end)) {
      const goesOn = end < text.length && text[end + 1] !== OPEN;
      return goesOn && endsWithin(text, start, end) && opensValue(nestingOf(text, start, end));
    }
    start = end + 1;
  }
  return false;
}

/** Of the last "{" at the beginning of a line; -1 without one. `atLineStart`: what came before ended a line. */
export function lastValueStart(bytes: Buffer, atLineStart: boolean): number {
  const at = bytes.lastIndexOf('\n{');
  if (at !== -1) return at + 1;
  return atLineStart && bytes[0] === OPEN ? 0 : -1;
}

function lineEnd(text: Buffer, start: number): number {
  const end = text.indexOf(LF, start);
  return end === -1 ? text.length : end;
}

const isBlank = (text: Buffer, start: number, end: number) => lastByte(text, start, end) < start;

/** A resource ends with "}": a line that ends otherwise is broken, or the first of several. */
function endsWithin(text: Buffer, start: number, end: number): boolean {
  const last = lastByte(text, start, end);
  return last >= start && text[last] !== CLOSE;
}

/** Of the last that is no white space; before `start` when the line is blank. */
function lastByte(text: Buffer, start: number, end: number): number {
  let last = end - 1;
  while (last >= start && (text[last] ?? 0) <= BLANK) last--;
  return last;
}

interface Values {
  /** Where the last line of a value ends, by where its first begins. */
  readonly ends: ReadonlyMap<number, number>;
  /** Up to here nothing else begins a value of several lines. */
  readonly upTo: number;
}

/**
 * The values of several lines from here to the end of the first, or to where it proves broken. Those inside of it are
 * told on the way: each byte is looked at once, however values are nested and whatever is broken about them.
 */
function valuesFrom(text: Buffer, start: number): Values {
  const ends = new Map<number, number>();
  const open: { readonly start: number; readonly depth: number }[] = [];
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const nesting = nestingOf(text, at, end);
    const lowest = depth + nesting.lowest;
    for (let last = open.at(-1); last && last.depth >= lowest; last = open.at(-1)) {
      ends.set(last.start, end);
      open.pop();
    }
    if (opensValue(nesting)) open.push({ start: at, depth });
    depth += nesting.depth;
    at = end + 1;
    if (open.length === 0 || nesting.inString || text[at] === OPEN) break;
  }
  return { ends, upTo: at };
}

interface Nesting {
  /** How much deeper the line ends than it begins. */
  readonly depth: number;
  /** How deep it is after the bracket that closes most; at least 1 when nothing of before the line is closed. */
  readonly lowest: number;
  /** A string never spans lines: then the line is broken. */
  readonly inString: boolean;
}

const opensValue = ({ depth, lowest, inString }: Nesting) => depth > 0 && lowest > 0 && !inString;

/** What the brackets of a line do. */
function nestingOf(text: Buffer, start: number, end: number): Nesting {
  let depth = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let inString = false;
  for (let at = start; at < end; at++) {
    const byte = text[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (STEPS[byte] === 1) depth++;
    else if (STEPS[byte] === -1) {
      depth--;
      if (depth < lowest) lowest = depth;
    }
  }
  return { depth, lowest, inString };
}

/** What a byte outside of strings adds to the depth. */
const STEPS = new Int8Array(256);
for (const byte of [OPEN, 0x5b]) STEPS[byte] = 1;
for (const byte of [CLOSE, 0x5d]) STEPS[byte] = -1;
