/** Lines that did not come as a file are made text of it: portions of about so many bytes, each line with its end. */
const LINE_END = Buffer.from('\n');

export function* portions(lines: readonly Buffer[], bytes: number): Generator<readonly Buffer[]> {
  let some: Buffer[] = [];
  let size = 0;
  for (const line of lines) {
    if (some.length > 0 && size + line.length > bytes) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(line);
    size += line.length + 1;
  }
  if (some.length > 0) yield some;
}

export const textOf = (lines: readonly Buffer[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, LINE_END]));
