/** Bundles are taken apart while they stream: no matter where the bytes are cut, and whatever stands in them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentBroken, documentsIn, typeAtTop } from '../../jobs/lines/documents.ts';
import { LONG_RUN } from '../long-run.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, { size = 7, maxEntryBytes = 1_000_000 } = {}) {
  const entries: unknown[] = [];
  const rests: unknown[] = [];
  for await (const part of documentsIn(inPieces(text, size), maxEntryBytes)) {
    if (part.kind === 'end') rests.push(JSON.parse(part.rest.toString('utf8')));
    else
      entries.push(
        part.size > maxEntryBytes
          ? { size: part.size, kept: part.bytes.length }
          : JSON.parse(part.bytes.toString('utf8')),
      );
  }
  return { entries, rests };
}

const broken = (text: string) =>
  read(text).then(
    () => undefined,
    (error: unknown) => (error instanceof DocumentBroken ? error.reason : error),
  );

describe('a stream of Bundles', () => {
  it('gives the same entries wherever its bytes are cut', async () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const objects = fc.array(fc.dictionary(fc.string(), json), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        objects,
        json,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (entry, other, size, pretty) => {
          const bundle = { other, entry, resourceType: 'Bundle' };
          const text = JSON.stringify(bundle, null, pretty ? 2 : undefined);
          expect(await read(text, { size })).toEqual({
            entries: JSON.parse(JSON.stringify(entry)),
            rests: [JSON.parse(JSON.stringify({ ...bundle, entry: entry.map(() => 0) }))],
          });
        },
      ),
      { numRuns: LONG_RUN ? 100 : 40 },
    );
  });

  it('may have several, with a byte order mark before them', async () => {
    const { entries, rests } = await read('\uFEFF{"entry":[{"a":1}]}\r\n\n{"entry":[{"b":2},{"c":3}]}{}');
    expect(entries).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
    expect(rests).toHaveLength(3);
  });

  it('takes for entries what stands in the list "entry" at the top, and nothing else', async () => {
    const { entries, rests } = await read(
      '{"x":{"entry":[{"no":1}]},"entry":{"no":2},"y":"\\"entry\\":[{}]"}',
    );
    expect(entries).toEqual([]);
    expect(rests).toEqual([{ x: { entry: [{ no: 1 }] }, entry: { no: 2 }, y: '"entry":[{}]' }]);
  });

  it('keeps only the beginning of an entry that is too long, and goes on after it', async () => {
    const { entries } = await read(`{"entry":[{"long":"${'x'.repeat(100_000)}"},{"a":1}]}`, {
      size: 999,
      maxEntryBytes: 5000,
    });
    expect(entries).toEqual([{ size: 100_011, kept: 4096 }, { a: 1 }]);
  });

  it.each([
    ['{"entry":[{"a":1},{"b":', 'ends-early'],
    ['{"entry":[{"a":1}', 'ends-early'],
    ['{"entry":[{"a":"', 'ends-early'],
    ['<html>', 'not-json'],
    ['{} x', 'not-json'],
  ])('says how it is broken: %s', async (text, reason) => {
    expect(await broken(text)).toBe(reason);
  });
});

describe('the type at the top', () => {
  it.each([
    ['{"resourceType":"Patient"', 'Patient'],
    [
      '{"contained":[{"resourceType":"Medication"}],"resourceType" : "MedicationRequest"}',
      'MedicationRequest',
    ],
    ['{"entry":[{"resource":{"resourceType":"Patient"}}],"resourceType":"Bundle"}', 'Bundle'],
    ['{"name":"resourceType","x":"Patient"}', undefined],
    ['{"resourceType":"Pat', undefined],
    ['[{"resourceType":"Patient"}]', undefined],
    ['', undefined],
  ])('of %s', (text, type) => {
    expect(typeAtTop(Buffer.from(text))).toBe(type);
  });
});
