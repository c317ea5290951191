/**
 * Splits text into resources, each a range of bytes. A resource is one line, or several in a pretty-printed
 * file, which NDJSON does not allow and servers send all the same. All code that reads, keeps or erases
 * resources uses these ranges, so that it agrees on what one resource is.
 *
 * Only LF ends a line: U+2028 is text, and a CR before the LF is white space of the line. A line that ends
 * with "}" is whole. A line that ends otherwise is the first of several if later lines close what it opens;
 * if none do, it is broken and stands alone. A "{" at the beginning of a line begins another resource, since
 * everything inside a pretty-printed one is indented.
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
 * Yields the ranges of all lines that are not empty. A pretty-printed value longer than `maxBytes` is no
 * resource: each of its lines stands alone.
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

/**
 * Yields the ranges from one "{" at the beginning of a line to the next: a resource, or what is left of a
 * broken one.
 */
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

/** Counts the lines of a text; the last one counts even without a line end. */
export function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) lines++;
  return text.length > 0 && text[text.length - 1] !== LF ? lines + 1 : lines;
}

/** Whether the first line that is not blank ends inside a value. A broken line may do so too. */
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

/**
 * Finds the last "{" at the beginning of a line; -1 when there is none. `atLineStart`: what came before ended
 * a line.
 */
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

/** A resource ends with "}": a line that ends otherwise is broken, or is the first of several. */
function endsWithin(text: Buffer, start: number, end: number): boolean {
  const last = lastByte(text, start, end);
  return last >= start && text[last] !== CLOSE;
}

/** Position of the last byte that is not white space; before `start` when the line is blank. */
function lastByte(text: Buffer, start: number, end: number): number {
  let last = end - 1;
  while (last >= start && (text[last] ?? 0) <= BLANK) last--;
  return last;
}

interface Values {
  /** Where the last line of a value ends, keyed by where its first line begins. */
  readonly ends: ReadonlyMap<number, number>;
  /** Up to here no other line begins a value of several lines. */
  readonly upTo: number;
}

/**
 * Finds the values of several lines from here to the end of the first, or to where it proves broken. Values
 * inside it are found on the way. So each byte is looked at once, however values are nested and whatever is
 * broken about them.
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
  /**
   * The lowest depth after a closing bracket, counted from the beginning of the line. Above 0, no bracket
   * closes what the line opens first, or what was open before it.
   */
  readonly lowest: number;
  /** The line ends inside a string. A string never spans lines, so such a line is broken. */
  readonly inString: boolean;
}

const opensValue = ({ depth, lowest, inString }: Nesting) => depth > 0 && lowest > 0 && !inString;

/** How the brackets of a line change the depth. */
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

/** What a byte outside strings adds to the depth. */
const STEPS = new Int8Array(256);
for (const byte of [OPEN, 0x5b]) STEPS[byte] = 1;
for (const byte of [CLOSE, 0x5d]) STEPS[byte] = -1;
