import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoObject, splitter } from '../../jobs/fhir/split-manifest.ts';

/** What is found in a text that comes in parts of `size` characters. */
function split(text: string, size = text.length || 1) {
  const lists: Record<string, unknown[]> = {};
  const members: Record<string, unknown> = {};
  const pieces = splitter(new Set(['output', 'error']), {
    element: (list, piece) => {
      lists[list] ??= [];
      lists[list].push(JSON.parse(piece));
    },
    member: (key, piece) => {
      members[key] = JSON.parse(piece);
    },
  });
  for (let i = 0; i < text.length; i += size) pieces.push(text.slice(i, i + size));
  pieces.end();
  return { lists, members };
}

const whole = {
  transactionTime: '2026-01-01T00:00:00Z',
  requiresAccessToken: true,
  output: [
    { type: 'Patient', url: 'https://x/1?a=[{"}]&b=\\', n: [[1], { a: [] }] },
    null,
    'text',
    12,
    [],
    {},
  ],
  error: [],
  other: { output: [1, 2] },
  extension: null,
  n: -1.5e3,
};

describe('a manifest in pieces', () => {
  it.each([1, 2, 3, 7, 1000])('is what JSON.parse finds, however it is cut (%i characters)', (size) => {
    for (const text of [JSON.stringify(whole), JSON.stringify(whole, undefined, '\r\n\t ')]) {
      const { lists, members } = split(text, size);
      expect(lists).toEqual({ output: whole.output });
      expect(members).toEqual({ ...whole, output: [] });
    }
  });

  it('is what JSON.parse finds for any object', () => {
    const object = fc.record({
      output: fc.oneof(fc.array(fc.jsonValue()), fc.constant(null)),
      more: fc.jsonValue(),
    });
    fc.assert(
      fc.property(object, fc.integer({ min: 1, max: 20 }), (json, size) => {
        const { lists, members } = split(JSON.stringify(json), size);
        const same = JSON.parse(JSON.stringify(json));
        expect(lists['output'] ?? []).toEqual(same.output ?? []);
        expect(members['more']).toEqual(same.more);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    '',
    ' ',
    '<html>',
    '[]',
    '{',
    '{}}',
    '{} {}',
    '{"a":1,}',
    '{"a"}',
    '{"a":}',
    '{"a" 1}',
    '{a:1}',
    '{"a":1 "b":2}',
    '{"output":[1,]}',
    '{"output":[,1]}',
    '{"output":[1 2]}',
    '{"output":[1}',
    '{"output":[{"a":1]}',
    '{"output":[}]',
    '{"output":[1]',
    '{"a":"',
  ])('is refused when it is none: %j', (text) => {
    expect(() => split(text)).toThrow();
    expect(() => split(text, 5)).toThrow();
  });

  it('is refused when a piece of it is too long to be one', () => {
    for (const text of [`{"a":"${'x'.repeat(1_100_000)}"}`, `{"output":[${'['.repeat(1_100_000)}`])
      expect(() => split(text, 10_000)).toThrow(NoObject);
  });

  it('says so with an error of its own', () => {
    expect(() => split('<html>')).toThrow(NoObject);
  });
});
