/**
 * Pretty-printed NDJSON: a resource over several lines. Not allowed, and met all the same. Its resources are told from
 * those of a proper file by their first line, which ends inside of a JSON value, and from each other by a "{" at the
 * beginning of a line: whatever is inside of a resource is indented.
 */
const NEWLINE = 10;
const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** Whether the first line that is not blank ends inside of a value. A broken line may as well; see valueEnd(). */
export function opensValue(text: Buffer): boolean {
  return scan(text, 0).open;
}

/** Where the value that begins here ends, after lines of its own; undefined when it is not one. */
export function valueEnd(text: Buffer, start: number): number | undefined {
  const { open, end } = scan(text, start, true);
  return open ? end : undefined;
}

/** Of the last "{" at the beginning of a line; -1 without one. `atLineStart`: what came before ended a line. */
export function lastValueStart(bytes: Buffer, atLineStart: boolean): number {
  const at = bytes.lastIndexOf('\n{');
  if (at !== -1) return at + 1;
  return atLineStart && bytes[0] === 0x7b ? 0 : -1;
}

function scan(text: Buffer, start: number, toEnd = false): { open: boolean; end: number | undefined } {
  let depth = 0;
  let inString = false;
  let open = false;
  for (let at = start; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (byte === NEWLINE) {
      // A string never spans lines, and a value at the beginning of a line is another one.
      if (inString || (depth > 0 && text[at + 1] === 0x7b)) return { open: false, end: undefined };
      if (depth === 0) continue;
      open = true;
      if (!toEnd) return { open, end: undefined };
    } else if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte) && --depth <= 0) return { open, end: at + 1 };
  }
  return { open: false, end: undefined };
}
