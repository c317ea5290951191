import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cut, cutLines } from '../../jobs/lines/chunker.ts';
import { contentHash } from '../../jobs/lines/content-hash.ts';
import { readLines, splitLines } from '../../jobs/lines/read-lines.ts';

/** Text of all kinds of lines, and where the stream is cut into pieces. */
const text = fc
  .tuple(
    fc.array(
      fc.oneof(fc.constant(''), fc.string({ maxLength: 40 }), fc.constant('x'.repeat(70)), fc.constant('\r')),
      {
        maxLength: 30,
      },
    ),
    fc.constantFrom('', '\n'),
  )
  .map(([lines, end]) => Buffer.from(lines.map((line) => line.replaceAll('\n', ' ')).join('\n') + end));
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
const limits = { chunkBytes: 64, maxLineBytes: 60 };

async function* pieces(bytes: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const length = lengths[n % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function cut(bytes: Buffer, lengths: readonly number[], within = limits): Promise<Cut[]> {
  const cuts: Cut[] = [];
  for await (const one of cutLines(pieces(bytes, lengths), within)) cuts.push(one);
  return cuts;
}

/** Each line as the map step reads it: what it says, or that it is too long. */
async function linesRead(bytes: Buffer, lengths: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  for (const chunk of await cut(bytes, lengths)) {
    const first = lines.length;
    const content = chunk.text.toString('latin1').split('\n').slice(0, chunk.lines);
    for (const line of content) lines.push(line);
    const read = readLines(splitLines(chunk.text, 0, chunk.text.length < chunk.size, limits.maxLineBytes));
    for (const one of read.unreadable)
      if (one.reason === 'line-too-long') lines[first + one.line] = 'too long';
  }
  return lines;
}

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.length > limits.maxLineBytes ? 'too long' : line));
}

describe('the chunker', () => {
  it('gives the same lines however the stream was split', async () => {
    await fc.assert(
      fc.asyncProperty(text, sizes, async (bytes, lengths) => {
        expect(await linesRead(bytes, lengths)).toEqual(linesOf(bytes));
      }),
      { numRuns: 400 },
    );
  });

  it('accounts for every byte and every line, and cuts at line ends only', async () => {
    await fc.assert(
      fc.asyncProperty(text, sizes, async (bytes, lengths) => {
        const cuts = await cut(bytes, lengths);
        expect(cuts.reduce((sum, one) => sum + one.size, 0)).toBe(bytes.length);
        expect(cuts.reduce((sum, one) => sum + one.lines, 0)).toBe(linesOf(bytes).length);
        let at = 0;
        for (const one of cuts) {
          if (one.text.length === one.size) expect(one.text).toEqual(bytes.subarray(at, at + one.size));
          at += one.size;
          if (at < bytes.length) expect(bytes[at - 1]).toBe(10);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('cuts at the length that was asked for, and gives no chunk of nothing', async () => {
    const sizesOf = async (bytes: Buffer, lengths: readonly number[]) =>
      (await cut(bytes, lengths)).map(({ size }) => size);
    const lines = (count: number) => Buffer.from('1234567\n'.repeat(count));

    expect(await sizesOf(lines(24), [8])).toEqual([64, 64, 64]);
    expect(await sizesOf(lines(24), [24])).toEqual([72, 72, 48]);
    expect(await sizesOf(lines(25), [30])).toEqual([88, 88, 24]);
    expect(await sizesOf(Buffer.concat([lines(1), Buffer.from('{}')]), [3])).toEqual([10]);
    expect(await sizesOf(Buffer.alloc(0), [1])).toEqual([]);
  });

  it('keeps a line of the greatest length whole, and of one that is longer by a byte the beginning', async () => {
    const within = { chunkBytes: 40, maxLineBytes: 60 };
    const line = (length: number) => Buffer.from(`${'x'.repeat(length)}\n`);

    expect(await cut(line(60), [60], within)).toEqual([{ text: line(60), size: 61, lines: 1 }]);
    const [longer] = await cut(line(61), [61], within);
    expect(longer).toEqual({ text: line(61).subarray(0, 60), size: 62, lines: 1 });
  });

  it('cuts a pretty-printed file before a resource, however the stream was split', async () => {
    const resource = fc.record({ id: fc.string(), name: fc.array(fc.record({ family: fc.string() })) });
    await fc.assert(
      fc.asyncProperty(fc.array(resource, { maxLength: 12 }), sizes, async (resources, lengths) => {
        const printed = resources.map(
          (one) => `${JSON.stringify({ resourceType: 'Patient', ...one }, null, 2)}\n`,
        );
        const within = { chunkBytes: 64, maxLineBytes: 100_000 };
        const cuts = await cut(Buffer.from(printed.join('')), lengths, within);
        const texts = cuts.map(({ text: bytes }) => bytes.toString());
        expect(texts.join('')).toBe(printed.join(''));
        let left = printed;
        for (const chunk of texts) {
          const count = chunk.split(/^\{/m).length - 1;
          expect(count).toBeGreaterThan(0);
          expect(chunk).toBe(left.slice(0, count).join(''));
          left = left.slice(count);
        }
        if (texts.length === 1) return;
        // A chunk waits for no more resources than it needs to be as long as was asked for.
        for (const chunk of texts.slice(0, -1)) {
          const [, ...others] = chunk.split(/^(?=\{)/m);
          expect(others.join('').length).toBeLessThan(64 + Math.max(...lengths));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('takes no brace within a pretty-printed resource for the beginning of another, wherever pieces end', async () => {
    const names = Array.from({ length: 6 }, (_, n) => ({ family: `f${n}` }));
    const printed = ['a', 'b', 'c'].map((id) => `${JSON.stringify({ id, name: names }, null, 2)}\n`);
    const bytes = Buffer.from(printed.join(''));
    const within = { chunkBytes: 64, maxLineBytes: 100_000 };
    for (const ends of [/(?=\n)|(?=\{)/, /(?<=\n)|(?=\{)/, /(?=\{)/, /(?<=\n)/]) {
      const lengths = bytes
        .toString()
        .split(ends)
        .map((piece) => piece.length);
      const cuts = await cut(bytes, lengths, within);
      expect(cuts.map(({ text: chunk }) => chunk.toString())).toEqual(printed);
    }
  });

  it('holds a pretty-printed resource as far as the longest line, and cuts a longer one at a line end', async () => {
    const within = { chunkBytes: 64, maxLineBytes: 128 };
    const printed = (length: number) => `{\n  "id": "${'x'.repeat(length - 15)}"\n}\n`;
    const two = Buffer.from(`${printed(100)}${printed(100)}`);
    expect(printed(100).length).toBe(100);

    expect((await cut(two, [128, 72], within)).map(({ size }) => size)).toEqual([100, 100]);
    const lines = Array.from({ length: 30 }, (_, n) => `  "n${n}": ${n},\n`).join('');
    const long = await cut(Buffer.from(`{\n${lines}  "id": "x"\n}\n`), [50], within);
    expect(long.length).toBeGreaterThan(2);
    for (const { text: bytes } of long) expect(String(bytes)).toMatch(/\n$/);
    for (const { size } of long) expect(size).toBeLessThanOrEqual(128 + 50);
  });

  it('keeps of an over-long line only its beginning, whatever its length', async () => {
    const line = Buffer.concat([Buffer.alloc(5_000_000, 120), Buffer.from('\nshort\n')]);
    const cuts = await cut(line, [65_536], { chunkBytes: 200_000, maxLineBytes: 100_000 });

    expect(cuts.map(({ size, lines }) => ({ size, lines }))).toEqual([
      { size: 5_000_001, lines: 1 },
      { size: 6, lines: 1 },
    ]);
    expect(cuts[0]?.text.length).toBe(4096);
  });
});

describe('the content hash', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

  it('does not see the order of keys, nor version, time stamp and narrative', () => {
    fc.assert(
      fc.property(json, fc.string(), fc.string(), (fields, version, narrative) => {
        const plain = { ...fields, id: 'x' };
        delete (plain as Record<string, unknown>)['meta'];
        delete (plain as Record<string, unknown>)['text'];
        const turned = Object.fromEntries(Object.entries(plain).reverse());
        const sent = {
          text: { div: narrative },
          ...turned,
          meta: { versionId: version, lastUpdated: version },
        };
        expect(contentHash(sent)).toEqual(contentHash(plain));
      }),
    );
  });

  it('sees everything else', () => {
    const base = { resourceType: 'Patient', id: 'x', a: { text: 'inner text is no narrative', b: [1, 2] } };
    const others = [
      { ...base, id: 'y' },
      { ...base, a: { ...base.a, text: 'other' } },
      { ...base, a: { ...base.a, b: [2, 1] } },
      { ...base, a: { ...base.a, b: ['1', 2] } },
      { ...base, a: null },
      { ...base, meta: { tag: [{ code: 'SUBSETTED' }] } },
      { ...base, meta: { profile: ['p'] } },
      { ...base, extension: [] },
    ];
    const hashes = [base, ...others].map((one) => contentHash(one));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
