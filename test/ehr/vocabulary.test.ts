import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONCEPTS } from './concepts/index.ts';
import { WITHOUT_TARGET } from './unmapped.ts';
import { VOCABULARY_VERSION, vocabularyFiles, writeVocabulary } from './vocabulary.ts';

const files = vocabularyFiles();
const rows = (name: string) => (files[name] ?? []).slice(1);

test('writes files as Athena does: tabs, LF, no quoting, raw quotes in names', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vocabulary-'));
  await writeVocabulary(dir);
  expect((await readdir(dir)).toSorted()).toEqual(Object.keys(files).toSorted());
  const text = await readFile(join(dir, 'CONCEPT.csv'), 'utf8');
  expect(text.split('\n')[0]).toBe(
    'concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\t' +
      'valid_start_date\tvalid_end_date\tinvalid_reason',
  );
  expect(text).toContain('201826\tType 2 diabetes\tCondition\tSNOMED\t');
  expect(text).toContain('\t"Heart attack" in the past\t');
  expect(text).not.toContain('\r');
  await rm(dir, { recursive: true });
});

test('every line has as many columns as its header, and the release is named', () => {
  for (const [name, [header, ...lines]] of Object.entries(files)) {
    expect([name, new Set(lines.map((line) => line.length))]).toEqual([name, new Set([header?.length])]);
  }
  expect(rows('VOCABULARY.csv').find(([id]) => id === 'None')?.[3]).toBe(VOCABULARY_VERSION);
});

test('ids are unique, and so are codes within a vocabulary', () => {
  const concepts = rows('CONCEPT.csv');
  expect(new Set(concepts.map(([id]) => id)).size).toBe(concepts.length);
  expect(new Set(CONCEPTS.map((row) => `${row[3]} ${row[6]}`)).size).toBe(CONCEPTS.length);
});

test('relationships, ancestors, synonyms and strengths lead to concepts, which belong to what is listed', () => {
  const ids = new Set(rows('CONCEPT.csv').map(([id]) => id));
  const dangling = [
    ...rows('CONCEPT_RELATIONSHIP.csv').flatMap((row) => row.slice(0, 2)),
    ...rows('CONCEPT_ANCESTOR.csv').flatMap((row) => row.slice(0, 2)),
    ...rows('CONCEPT_SYNONYM.csv').map(([id]) => id),
    ...rows('DRUG_STRENGTH.csv').flatMap((row) => row.slice(0, 2)),
  ].filter((id) => !ids.has(id));
  expect(dangling).toEqual([]);
  const unlisted = (column: number, name: string) => {
    const listed = new Set(rows(name).map(([id]) => id));
    return rows('CONCEPT.csv').filter((row) => !listed.has(row[column] ?? ''));
  };
  expect(unlisted(2, 'DOMAIN.csv')).toEqual([]);
  expect(unlisted(3, 'VOCABULARY.csv')).toEqual([]);
  expect(unlisted(4, 'CONCEPT_CLASS.csv')).toEqual([]);
});

test('every concept maps to a Standard one, save those listed as without a target', () => {
  const standard = new Set(CONCEPTS.filter((row) => row[5] === 'S').map(([id]) => id));
  const targets = rows('CONCEPT_RELATIONSHIP.csv').filter(([, , relationship]) => relationship === 'Maps to');
  expect(targets.filter(([, target]) => !standard.has(Number(target)))).toEqual([]);
  const mapped = new Set(targets.map(([id]) => id));
  const without = CONCEPTS.filter(([id]) => id !== 0 && !mapped.has(id)).map((row) => `${row[3]} ${row[6]}`);
  expect(without.toSorted()).toEqual(
    WITHOUT_TARGET.map(([vocabulary, code]) => `${vocabulary} ${code}`).toSorted(),
  );
});

test('every Standard drug of RxNorm has an ingredient above it', () => {
  const descendants = new Set(
    rows('CONCEPT_ANCESTOR.csv')
      .filter((row) => row[2] !== 0)
      .map(([, id]) => id),
  );
  const drugs = CONCEPTS.filter((row) => row[3] === 'RxNorm' && row[4] !== 'Ingredient');
  expect(drugs.filter(([id]) => !descendants.has(id)).map((row) => row[6])).toEqual([]);
});
