import { expect, it } from 'vitest';
import { onlyLines } from '../../jobs/lines/only-lines.ts';
import { splitLines } from '../../jobs/lines/read-lines.ts';
import { countLines } from '../../jobs/lines/split.ts';

const numbered = (text: Buffer) =>
  splitLines(text, 1000, false).lines.map(({ line, position, bytes }) => ({
    ...{ line, position, text: bytes.toString() },
  }));

const PRETTY = '{\n "a": [\n  1\n ]\n}';
const TEXTS = [
  ['lines', '{"a":1}\n{"b":2}\n{"c":3}\n{"d":4}\n'],
  ['lines without an end after the last', '{"a":1}\n{"b":2}\n{"c":3}'],
  ['lines with CRLF and blank ones between', '\n{"a":1}\r\n\n  \n{"b":2}\r\n{"c":3}\r\n\n'],
  ['resources of several lines', `${PRETTY}\n${PRETTY}\n\n{"b":2}\n${PRETTY}\n`],
] as const;

it.each(TEXTS)('keeps any choice of %s with their numbers', (_, text) => {
  const whole = Buffer.from(text);
  const { lines } = splitLines(whole, 1000, false);
  const all = numbered(whole);
  for (let chosen = 1; chosen < 2 ** lines.length; chosen++) {
    const isChosen = (_one: unknown, index: number) => (chosen & (1 << index)) !== 0;
    const rest = onlyLines(whole, lines.filter(isChosen));
    expect(numbered(rest)).toEqual(all.filter(isChosen));
    expect(countLines(rest)).toBeLessThanOrEqual(countLines(whole));
  }
});

it('gives no end to a last line that has none, which may be one that was cut', () => {
  const whole = Buffer.from('{"a":1}\n{"b":');
  const { lines } = splitLines(whole, 0, false);
  expect(onlyLines(whole, lines.slice(1)).toString()).toBe('\n{"b":');
});
