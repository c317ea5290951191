import { expect, it } from 'vitest';
import { ByteWriter, specials } from '../../jobs/lines/byte-writer.ts';

const written = (write: (out: ByteWriter) => void): string => {
  const out = new ByteWriter();
  write(out);
  return out.take().toString('utf8');
};

it('writes numbers as JavaScript does, whole ones of any size too', () => {
  const whole = [
    0,
    1,
    9,
    10,
    11,
    99,
    100,
    101,
    4096,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 31 + 7,
    2 ** 32 - 1,
    2 ** 32,
  ];
  const long = [9_999_999_999, 10_000_000_000, 123_456_789_012_345, Number.MAX_SAFE_INTEGER];
  const others = [2 ** 53, 1e21, 0.1, -0, -1, -1.5e-9, 2.5];
  for (const number of [...whole, ...long, ...others]) {
    expect(written((out) => out.number(number))).toBe(String(number));
  }
});

it('writes text in any script, however long', () => {
  for (const text of ['', 'plain', '€'.repeat(500), '😀é'.repeat(3000), 'x'.repeat(10_000)]) {
    expect(written((out) => out.text(text))).toBe(text);
  }
});

it('loses nothing at the end of its memory, whatever is written there', () => {
  const none = specials('');
  for (let before = 980; before <= 1030; before++) {
    const text = 'x'.repeat(before);
    const both = (write: (out: ByteWriter) => void) =>
      written((out) => {
        out.text('x'.repeat(300));
        for (let n = 300; n < before; n++) out.byte(0x78);
        write(out);
      });
    expect(both((out) => out.byte(0x79))).toBe(`${text}y`);
    expect(both((out) => out.number(Number.MAX_SAFE_INTEGER))).toBe(`${text}${Number.MAX_SAFE_INTEGER}`);
    expect(both((out) => out.text('€€'))).toBe(`${text}€€`);
    expect(both((out) => void out.plain('plain', none))).toBe(`${text}plain`);
  }
});

it('writes plain text as it stands, and nothing of any other', () => {
  const marked = specials('"\\');
  const attempt = (text: string) => {
    const out = new ByteWriter();
    out.text('before ');
    const isPlain = out.plain(text, marked);
    return { isPlain, written: out.take().toString('latin1') };
  };
  for (const text of ['', 'abc', ' ~\x7f', '!#[]']) {
    expect(attempt(text)).toEqual({ isPlain: true, written: `before ${text}` });
  }
  for (const text of ['a"b', 'a\\', '\n', '\0', '\x1f', '\x80', 'é', '€', 'ab\ud800']) {
    expect(attempt(text)).toEqual({ isPlain: false, written: 'before ' });
  }
});

it('hands over each piece once, and writes to it no more', () => {
  const out = new ByteWriter();
  out.text('first');
  const first = out.take();
  out.text('second');
  const second = out.take();
  out.text('third');

  expect([first, second, out.take(), out.take()].map(String)).toEqual(['first', 'second', 'third', '']);
});
