/** Text that others wrote, made fit for a message, a log, a terminal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, oneLine, printable } from '../../jobs/step/clean.ts';
import { anyText } from '../any-text.ts';

const ESC = '\u001b';
const STEERING = [
  [`${ESC}]0;owned\u0007`, ' ]0;owned '],
  [`${ESC}[31mred`, ' [31mred'],
  ['\u009b31mred', ' 31mred'],
  ['user\u202egnp.exe', 'usergnp.exe'],
  ['a\u2066b\u2069c\u200fd\u061ce', 'abcde'],
  ['zero\u200bwidth\u200d\ufeff', 'zerowidth'],
  ['tag\u{e0041}\u{e007f}', 'tag'],
  ['half\ud800 of one', 'half of one'],
  ['back\b\b\bspace\0\u007f', 'back space '],
  ['one\r\ntwo\u2028three\u0085four', 'one two three four'],
] as const;

describe('text on one line', () => {
  it.each(STEERING)('of %j is %j', (text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });

  it('holds nothing that a terminal obeys, whatever is sent', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(clean(text, 50)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('keeps letters of all scripts, combining marks and pictures', () => {
    const text = 'Grüße, Ελλάδα, שלום, 日本語, नमस्ते, µg/m², 🩺';
    expect(oneLine(text)).toBe(text);
  });
});

describe('text of several lines', () => {
  it('keeps line ends and tabs, and nothing else that a terminal obeys', () => {
    expect(printable(`a\tb\nc${ESC}[2J\rd\u202ee`)).toBe('a\tb\nc [2J de');
  });
});

describe('a cleaned message', () => {
  it.each([
    ['see https://x.example/a?sig=s3cret&b=1 for it', 'see https://x.example/a?… for it'],
    ['at https://ada:s3cret@x.example/a', 'at https://…@x.example/a'],
    ['at https://ada:s3cret@x.example', 'at https://…@x.example'],
    ['at https://x.example/of/ada@x.example', 'at https://x.example/of/ada@x.example'],
    ['got eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiIxIn0.c2ln and no more', 'got … and no more'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer …'],
    ['Basic   dXM6c2VjcmV0', 'Basic …'],
  ])('of %j is %j', (text, shown) => {
    expect(clean(text, 200)).toBe(shown);
  });

  it('is cut by characters, not in the middle of one', () => {
    expect(clean('🩺🩺🩺', 2)).toBe('🩺🩺…');
  });
});
