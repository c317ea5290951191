import { expect, test } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { inLongRun } from '../long-run.ts';
import { SYSTEMS } from './codes.ts';
import { conceptOf } from './concepts/index.ts';
import { population } from './population.ts';
import { referencedId } from './store.ts';
import { LOCAL_SYSTEM, UNMAPPED } from './unmapped.ts';

const everything = [...population({ seed: 'test', patients: 300 })];

test('is the same for the same seed, and another for another', () => {
  const text = (seed: string) => JSON.stringify([...population({ seed, patients: 5 })]);
  expect(text('a')).toBe(text('a'));
  expect(text('a')).not.toBe(text('b'));
});

test('a patient does not depend on how many others there are', () => {
  const few = [...population({ seed: 'test', patients: 3 })].map((resource) => JSON.stringify(resource));
  expect(everything.slice(0, few.length).map((resource) => JSON.stringify(resource))).toEqual(few);
});

test('has 100 to 200 resources for each patient, of all types, with unique ids', () => {
  expect(everything.length / 300).toBeGreaterThan(100);
  expect(everything.length / 300).toBeLessThan(200);
  expect(new Set(everything.map(({ resourceType }) => resourceType)).size).toBe(13);
  expect(new Set(everything.map(({ resourceType, id }) => `${resourceType}/${id}`)).size).toBe(
    everything.length,
  );
});

test('every code it uses is in the demo vocabulary or listed as unmapped', () => {
  const vocabularies = new Map<string, string>(
    Object.entries(SYSTEMS).map(([name, system]) => [system, name]),
  );
  vocabularies.set(LOCAL_SYSTEM, LOCAL_SYSTEM);
  const listed = new Set(UNMAPPED.map(([vocabulary, code]) => `${vocabulary} ${code}`));
  const unlisted = new Set<string>();
  const used = new Set<string>();
  for (const { system, code } of everything.flatMap((resource) => [...codes(resource)])) {
    const vocabulary = vocabularies.get(system);
    if (vocabulary === undefined) continue;
    const known = vocabulary === 'NDC' && code.includes('-') ? elevenDigits(code) : code;
    used.add(`${vocabulary} ${known}`);
    if (conceptOf(vocabulary, known) === undefined && !listed.has(`${vocabulary} ${code}`)) {
      unlisted.add(`${vocabulary} ${code}`);
    }
  }
  expect([...unlisted]).toEqual([]);
  // And what is listed as unmapped is really used, or the list would only seem to test something.
  const hyphened = [...listed].filter((entry) => !entry.startsWith('NDC'));
  expect(hyphened.filter((entry) => !used.has(entry))).toEqual([]);
});

inLongRun(test)('every reference leads to a resource of the population, whatever its form', () => {
  const ids = new Set(everything.map(({ id }) => id));
  const forms = { relative: 0, absolute: 0, urn: 0, contained: 0, conditional: 0 };
  for (const reference of everything.flatMap((resource) => [...references(resource)])) {
    if (reference.startsWith('#')) forms.contained++;
    else if (reference.includes('?')) forms.conditional++;
    else {
      expect(ids.has(referencedId({ reference }) ?? '')).toBe(true);
      forms[
        reference.startsWith('urn:') ? 'urn' : reference.startsWith('https:') ? 'absolute' : 'relative'
      ]++;
    }
  }
  for (const count of Object.values(forms)) expect(count).toBeGreaterThan(5);
  expect(forms.relative).toBeGreaterThan(forms.absolute + forms.urn);
});

test.each<[string, (resource: Resource) => boolean]>([
  [
    'a patient of several races',
    (r) => (JSON.stringify(r['extension'] ?? '').match(/ombCategory/g)?.length ?? 0) > 2,
  ],
  ['a patient of unknown race', (r) => r.resourceType === 'Patient' && JSON.stringify(r).includes('"UNK"')],
  ['a death', (r) => r['deceasedDateTime'] !== undefined],
  ['a birth year without a day', (r) => /^\d{4}$/.test(String(r['birthDate']))],
  ['an encounter in progress', (r) => r.resourceType === 'Encounter' && r['status'] === 'in-progress'],
  ['a cancelled encounter', (r) => r.resourceType === 'Encounter' && r['status'] === 'cancelled'],
  [
    'a telehealth visit',
    (r) => r.resourceType === 'Encounter' && JSON.stringify(r['class']).includes('"VR"'),
  ],
  ['a home visit', (r) => r.resourceType === 'Encounter' && JSON.stringify(r['class']).includes('"HH"')],
  ['an observation stay', (r) => JSON.stringify(r['class'] ?? '').includes('"OBSENC"')],
  ['a refuted condition', (r) => JSON.stringify(r['verificationStatus'] ?? '').includes('"refuted"')],
  ['a result below what can be measured', (r) => JSON.stringify(r['valueQuantity'] ?? '').includes('"<"')],
  ['a result that is absent', (r) => r['dataAbsentReason'] !== undefined],
  ['a unit without a code', (r) => JSON.stringify(r['valueQuantity'] ?? '').includes('"mIU/L"')],
  [
    'a code that is text only',
    (r) => r.resourceType === 'Observation' && !JSON.stringify(r['code']).includes('coding'),
  ],
  [
    'a medication by reference',
    (r) => r['medicationReference'] !== undefined && r['contained'] === undefined,
  ],
  ['a medication contained', (r) => r['contained'] !== undefined],
  ['an order not to perform', (r) => r['doNotPerform'] === true],
  ['a vaccination refused', (r) => r.resourceType === 'Immunization' && r['status'] === 'not-done'],
  ['no known allergy', (r) => JSON.stringify(r['code'] ?? '').includes('716186003')],
])('has %s', (_, fits) => {
  expect(everything.some(fits)).toBe(true);
});

test('nothing happens after the end of the period, save the end of what has begun', () => {
  const late = everything.filter((resource) => {
    const when = resource['effectiveDateTime'] ?? resource['authoredOn'] ?? resource['recordedDate'];
    return typeof when === 'string' && Date.parse(when) > Date.parse('2026-11-03');
  });
  expect(late).toEqual([]);
});

function* codes(value: unknown): Generator<{ system: string; code: string }> {
  if (typeof value !== 'object' || value === null) return;
  if (
    'system' in value &&
    'code' in value &&
    typeof value.system === 'string' &&
    typeof value.code === 'string'
  ) {
    yield { system: value.system, code: value.code };
  }
  for (const part of Object.values(value)) yield* codes(part);
}

function* references(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if ('reference' in value && typeof value.reference === 'string') yield value.reference;
  for (const part of Object.values(value)) yield* references(part);
}

/** NDC: each of the three layouts of ten digits lacks a zero in one place. */
function elevenDigits(ndc: string): string {
  const [labeler = '', product = '', pack = ''] = ndc.split('-');
  return labeler.padStart(5, '0') + product.padStart(4, '0') + pack.padStart(2, '0');
}
