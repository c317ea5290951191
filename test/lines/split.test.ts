import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocks, countLines, isPrettyPrinted, lastValueStart, split } from '../../jobs/lines/split.ts';
import { short } from '../long-run.ts';

/** The ranges as [first line, lines, text]. */
const partsOf = (text: string, maxBytes?: number) => {
  const bytes = Buffer.from(text);
  return [...split(bytes, maxBytes)].map(({ line, lines, start, end }) => [
    line,
    lines,
    bytes.toString('utf8', start, end),
  ]);
};

const PRETTY = '{\n  "id": "a",\n  "b": [\n    {}\n  ]\n}';

describe('text is split into', () => {
  it.each<[string, string, unknown[]]>([
    ['nothing when it is empty', '', []],
    ['nothing when all lines are empty', '\n\n\n', []],
    [
      'lines, the last with or without its end',
      '{"a":1}\n{"b":2}\n{"c":3}',
      [
        [0, 1, '{"a":1}'],
        [1, 1, '{"b":2}'],
        [2, 1, '{"c":3}'],
      ],
    ],
    [
      'lines that keep their CR',
      '{"a":1}\r\n{"b":2}\r\n',
      [
        [0, 1, '{"a":1}\r'],
        [1, 1, '{"b":2}\r'],
      ],
    ],
    [
      'lines whose numbers count the empty ones',
      '\n{"a":1}\n\n \n{"b":2}\n',
      [
        [1, 1, '{"a":1}'],
        [3, 1, ' '],
        [4, 1, '{"b":2}'],
      ],
    ],
    [
      'a first line with its BOM',
      '\uFEFF{"a":1}\n{"b":2}',
      [
        [0, 1, '\uFEFF{"a":1}'],
        [1, 1, '{"b":2}'],
      ],
    ],
    [
      'lines at LF only: U+2028, U+2029, U+0085 and CR are text',
      '{"a":"\u2028\u2029\u0085"}\r{"b":2}\n{"c":3}',
      [
        [0, 1, '{"a":"\u2028\u2029\u0085"}\r{"b":2}'],
        [1, 1, '{"c":3}'],
      ],
    ],
    ['one range for several values on a line', '{"a":1} {"b":2}\n', [[0, 1, '{"a":1} {"b":2}']]],
    [
      'values of several lines',
      `${PRETTY}\n${PRETTY}\n`,
      [
        [0, 6, PRETTY],
        [6, 6, PRETTY],
      ],
    ],
    [
      'the same without an end of the last line',
      `${PRETTY}\n${PRETTY}`,
      [
        [0, 6, PRETTY],
        [6, 6, PRETTY],
      ],
    ],
    [
      'the same with CRLF',
      `${PRETTY}\n${PRETTY}\n`.replaceAll('\n', '\r\n'),
      [
        [0, 6, `${PRETTY}\n`.replaceAll('\n', '\r\n').slice(0, -1)],
        [6, 6, `${PRETTY}\n`.replaceAll('\n', '\r\n').slice(0, -1)],
      ],
    ],
    ['the same after a BOM', `\uFEFF${PRETTY}\n`, [[0, 6, `\uFEFF${PRETTY}`]]],
    [
      'lines and values of several lines, mixed',
      `{"x":1}\n${PRETTY}\n\n{"y":2}\n`,
      [
        [0, 1, '{"x":1}'],
        [1, 6, PRETTY],
        [8, 1, '{"y":2}'],
      ],
    ],
    ['an array of several lines', '[\n  {"a":1},\n  {"b":2}\n]\n', [[0, 4, '[\n  {"a":1},\n  {"b":2}\n]']]],
    [
      'values that hold brackets and escaped quotes in strings',
      '{\n "a": "}]\\"}",\n "b": "\\\\"\n}\n{"c":1}',
      [
        [0, 4, '{\n "a": "}]\\"}",\n "b": "\\\\"\n}'],
        [4, 1, '{"c":1}'],
      ],
    ],
    ['values that hold blank lines', '{\n\n "a":1\n}', [[0, 4, '{\n\n "a":1\n}']]],
    [
      'a value with what follows it on its last line',
      '{\n"a":1\n} {"b":2}\n{"c":3}',
      [
        [0, 3, '{\n"a":1\n} {"b":2}'],
        [3, 1, '{"c":3}'],
      ],
    ],
  ])('%s', (_, text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });
});

describe('a line that is broken stands alone', () => {
  it.each<[string, string, unknown[]]>([
    [
      'before a whole one',
      '{"a":{\n{"b":2}\n',
      [
        [0, 1, '{"a":{'],
        [1, 1, '{"b":2}'],
      ],
    ],
    [
      'before a value of several lines',
      `{"a":[\n${PRETTY}`,
      [
        [0, 1, '{"a":['],
        [1, 6, PRETTY],
      ],
    ],
    [
      'when it opens nothing, before a value of several lines',
      `oops\n${PRETTY}`,
      [
        [0, 1, 'oops'],
        [1, 6, PRETTY],
      ],
    ],
    [
      'in a string that ends with the line',
      '{"a":"b\n "c":{}}\n',
      [
        [0, 1, '{"a":"b'],
        [1, 1, ' "c":{}}'],
      ],
    ],
    [
      'in a string whose last byte is a backslash',
      '{"a":"b\\\n"}\n',
      [
        [0, 1, '{"a":"b\\'],
        [1, 1, '"}'],
      ],
    ],
    [
      'at the end of the text',
      '{"a":{\n "b":1',
      [
        [0, 1, '{"a":{'],
        [1, 1, ' "b":1'],
      ],
    ],
    [
      'when a string breaks inside of a value',
      '{\n "a":"b\n}\n{"c":1}',
      [
        [0, 1, '{'],
        [1, 1, ' "a":"b'],
        [2, 1, '}'],
        [3, 1, '{"c":1}'],
      ],
    ],
    [
      'when it closes more than it opens',
      '}\n{"a":1},\n{"b":[\n1]}',
      [
        [0, 1, '}'],
        [1, 1, '{"a":1},'],
        [2, 2, '{"b":[\n1]}'],
      ],
    ],
    [
      'when it closes and opens again',
      ' {}, {\n "a":1\n }\n',
      [
        [0, 1, ' {}, {'],
        [1, 1, ' "a":1'],
        [2, 1, ' }'],
      ],
    ],
  ])('%s', (_, text, parts) => {
    expect(partsOf(text)).toEqual(parts);
  });

  it('and what is whole inside of a broken value is a range of its own', () => {
    expect(partsOf('{\n "a": [\n  1\n ],\n "b": {\n{"c":1}')).toEqual([
      [0, 1, '{'],
      [1, 3, ' "a": [\n  1\n ],'],
      [4, 1, ' "b": {'],
      [5, 1, '{"c":1}'],
    ]);
  });
});

describe('a value of several lines that is over-long', () => {
  it('is no value: its lines stand alone, and what is short enough inside of it', () => {
    expect(partsOf(PRETTY, PRETTY.length)).toEqual([[0, 6, PRETTY]]);
    expect(partsOf(PRETTY, PRETTY.length - 1)).toEqual([
      [0, 1, '{'],
      [1, 1, '  "id": "a",'],
      [2, 3, '  "b": [\n    {}\n  ]'],
      [5, 1, '}'],
    ]);
  });

  it('says nothing of a long line, which is a range whatever its length', () => {
    expect(partsOf('{"a":"12345678"}\n{}', 4)).toEqual([
      [0, 1, '{"a":"12345678"}'],
      [1, 1, '{}'],
    ]);
  });
});

it('covers each line that is not empty once, in order, whatever the text', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '\n',
    '\n',
    '\r',
    ' ',
    'x',
    '{"a":1}',
    '\u2028',
    ',',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (pieces, maxBytes) => {
      const bytes = Buffer.from(pieces.join(''));
      const lines = bytes.toString('latin1').split('\n');
      let next = 0;
      for (const one of split(bytes, maxBytes)) {
        for (; next < one.line; next++) expect(lines[next]).toBe('');
        expect(bytes.toString('latin1', one.start, one.end)).toBe(
          lines.slice(next, next + one.lines).join('\n'),
        );
        next += one.lines;
      }
      expect(lines.slice(next).join('')).toBe('');
    }),
    { numRuns: 2000 },
  );
});

it('gives each resource one range however it is indented, with LF or CRLF', () => {
  const resource = fc
    .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
    .map((fields) => ({ ...fields, id: 'x' }));
  fc.assert(
    fc.property(
      fc.array(resource, { maxLength: 5 }),
      fc.constantFrom(0, 1, 4, '\t'),
      fc.constantFrom('\n', '\r\n'),
      (all, indent, end) => {
        const text = Buffer.from(
          all.map((one) => JSON.stringify(one, null, indent).replaceAll('\n', end) + end).join(''),
        );
        const read = [...split(text)].map((one): unknown =>
          JSON.parse(text.toString('utf8', one.start, one.end)),
        );
        expect(read).toEqual(all.map((one): unknown => JSON.parse(JSON.stringify(one))));
      },
    ),
  );
});

it('looks at each byte a bounded number of times, however values are nested or broken', () => {
  // A text of a megabyte takes milliseconds; looked through anew from each line, it would outlast any test.
  for (const line of short([' {\n', ' "a": {\n', ' {"a":[\n', '1,\n', ' }\n', ' "\n'], 1)) {
    const text = Buffer.from(line.repeat(2 ** 20 / line.length));
    expect([...split(text)].length).toBeLessThanOrEqual(text.length / line.length);
    const closed = Buffer.concat([text, Buffer.from(' }\n'.repeat(2 ** 18))]);
    expect([...split(closed, 100)].length).toBeGreaterThan(0);
  }
});

it('blocks begin with each "{" at the beginning of a line', () => {
  const bytes = Buffer.from(' "rest": 1\n}\n{"a":1}\n{\n "b": [\n\n {"c":2}\n{"d":3}');
  expect([...blocks(bytes)].map((block) => block.map(({ line }) => line))).toEqual([
    [0, 1],
    [2],
    [3, 4, 6],
    [7],
  ]);
  expect([...blocks(Buffer.from(''))]).toEqual([]);
});

it.each<[string, number]>([
  ['', 0],
  ['a', 1],
  ['a\n', 1],
  ['\n', 1],
  ['a\nb', 2],
  ['a\nb\n', 2],
  ['\n\n', 2],
])('%j has %i lines', (text, lines) => {
  expect(countLines(Buffer.from(text))).toBe(lines);
});

describe('a text is pretty-printed', () => {
  it.each<[string, boolean]>([
    ['{\n "a"', true],
    ['\n \r\n{\n', true],
    ['[\n', true],
    ['{"a": [\r\n', true],
    ['{', false],
    ['', false],
    [' \n\n', false],
    ['{"a":1}\n{\n', false],
    ['{"a":"b\n', false],
    ['{"a":{\n{', false],
    ['oops\n{\n', false],
    ['{}, {\n', false],
    ['}, {\n', false],
  ])('%j: %s', (text, pretty) => {
    expect(isPrettyPrinted(Buffer.from(text))).toBe(pretty);
  });
});

it.each<[string, boolean, number]>([
  ['{', true, 0],
  ['{', false, -1],
  ['a', true, -1],
  ['', true, -1],
  ['{\n{\n {', true, 2],
  ['{\na', false, -1],
  ['{\na', true, 0],
  ['\n{', false, 1],
])("of %j (at a line's beginning: %s) the last value begins at %i", (text, atLineStart, at) => {
  expect(lastValueStart(Buffer.from(text), atLineStart)).toBe(at);
});
