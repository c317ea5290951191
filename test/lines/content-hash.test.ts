import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical, contentHash } from '../../jobs/lines/content-hash.ts';

/** RFC 8785 as it reads, without regard to speed. */
function byTheBook(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(byTheBook).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, field]) => `${JSON.stringify(key)}:${byTheBook(field)}`).join(',')}}`;
}

const json = fc.json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text));

it('writes canonical JSON as RFC 8785 says, whatever the keys, strings and depth', () => {
  fc.assert(fc.property(json, (value) => canonical(value) === byTheBook(value)));
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`k${(n * 37) % 60}`, n]));
  for (const value of [many, { b: '\ud800"\\\u0007', a: 'é😀'.repeat(300) }, { 10: 1, 9: 2, '': 3 }]) {
    expect(canonical(value)).toBe(byTheBook(value));
  }
});

it('writes the fields of every shape in order, of more shapes and longer names than it remembers', () => {
  for (let n = 0; n < 6000; n++) {
    const value = { [`z${n}`]: n, a: { [`y${n % 7}`]: n, [`x${n}`]: [] }, [`b"${n}\u00e9`]: null };
    expect(canonical(value)).toBe(byTheBook(value));
  }
  const names = ['b'.repeat(61), 'a'.repeat(1000), 'é'.repeat(61), '__proto__', 'constructor', '10', '9'];
  const odd: unknown = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:{}`).join(',')}}`);
  for (let again = 0; again < 2; again++) expect(canonical(odd)).toBe(byTheBook(odd));
});

it('hashes what is clinical: neither the narrative nor the version and its time', () => {
  const patient = { resourceType: 'Patient', id: 'a', meta: { tag: [{ code: 't' }] }, gender: 'female' };
  const told = {
    ...patient,
    text: { div: '<div>A</div>' },
    meta: { ...patient.meta, versionId: '2', lastUpdated: 'x' },
  };
  const hash = createHash('sha256').update(byTheBook(patient)).digest('hex');
  expect(contentHash(patient)).toEqual(hash);
  expect(contentHash(told)).toEqual(hash);
  const { meta: _, ...bare } = patient;
  expect(contentHash({ ...bare, meta: { versionId: '3' } })).toEqual(contentHash(bare));
  expect(contentHash({ ...patient, gender: 'male' })).not.toEqual(hash);
});

it('writes what JSON.parse makes of a number beyond a double, and what is not set, as null', () => {
  expect(canonical(JSON.parse('[1e999, -1e999, 1e-999]'))).toBe('[null,null,0]');
  expect(canonical({ timezone: undefined, vendor: 'epic' })).toBe('{"timezone":null,"vendor":"epic"}');
});

it('sees a meta that is none, and what looks like a version or like nothing elsewhere', () => {
  const patient = { resourceType: 'Patient', id: 'a' };
  const others = [
    ...[null, 5, 0, '', 'x', true, [], ['x'], { 0: 'x' }].map((meta) => ({ ...patient, meta })),
    ...[{}, { versionId: '1' }, { versionId: '2' }, { lastUpdated: '1' }].map((code) => ({
      ...patient,
      code,
    })),
    { ...patient, meta: { tag: [] } },
    { ...patient, code: { text: 'x' } },
  ];
  const hashes = [patient, ...others].map((one) => contentHash(one));
  expect(new Set(hashes).size).toBe(hashes.length);
});
